//! The official schemas: a document is held against the one that the OpenAPI Initiative publishes for its edition.
//!
//! What they find is a warning, whatever it is: the house reads what it needs by itself and refuses a document only when
//! that cannot be read (`docs/adr/0023-official-schemas.md`).

mod words;

use crate::{
    budget::Budgets,
    fuel::Fuel,
    model::{edition::Edition, reading::Reading},
    read::read,
    rule::Rule,
    schema::{
        Checker, Dialect, Patterns, Schemas, Source,
        violation::{Violation, What},
    },
    tree::{document::Document, node::Node, view::View},
};

/// A published schema: the address it has, without a fragment, and its text.
type Published = (&'static str, &'static str);

macro_rules! published {
    ($($address:literal $file:literal,)*) => {
        &[$(($address, include_str!(concat!("../../schemas/", $file))),)*]
    };
}

const V2_0: &[Published] = published![
    "http://swagger.io/v2/schema.json" "openapi-2.0.json",
    "http://json-schema.org/draft-04/schema" "draft-04.json",
];

const V3_0: &[Published] = published![
    "https://spec.openapis.org/oas/3.0/schema/2021-09-28" "openapi-3.0.json",
];

const V3_1: &[Published] = published![
    "https://spec.openapis.org/oas/3.1/schema/2026-08-03" "openapi-3.1.json",
    "https://spec.openapis.org/oas/3.1/dialect/base" "oas-3.1/dialect.json",
    "https://spec.openapis.org/oas/3.1/meta/base" "oas-3.1/meta.json",
];

const V3_2: &[Published] = published![
    "https://spec.openapis.org/oas/3.2/schema/2026-08-30" "openapi-3.2.json",
    "https://spec.openapis.org/oas/3.2/dialect/2025-09-17" "oas-3.2/dialect.json",
    "https://spec.openapis.org/oas/3.2/meta/2025-09-17" "oas-3.2/meta.json",
];

const JSON_SCHEMA: &[Published] = published![
    "https://json-schema.org/draft/2020-12/schema" "2020-12/schema.json",
    "https://json-schema.org/draft/2020-12/meta/core" "2020-12/core.json",
    "https://json-schema.org/draft/2020-12/meta/applicator" "2020-12/applicator.json",
    "https://json-schema.org/draft/2020-12/meta/unevaluated" "2020-12/unevaluated.json",
    "https://json-schema.org/draft/2020-12/meta/validation" "2020-12/validation.json",
    "https://json-schema.org/draft/2020-12/meta/meta-data" "2020-12/meta-data.json",
    "https://json-schema.org/draft/2020-12/meta/format-annotation" "2020-12/format-annotation.json",
    "https://json-schema.org/draft/2020-12/meta/content" "2020-12/content.json",
];

/// Rules of ours that say what a schema would say of the same node, in words that say more.
const SAID_BETTER: [Rule; 9] = [
    Rule::WrongType,
    Rule::UnquotedText,
    Rule::TextTooLong,
    Rule::MissingMember,
    Rule::MethodUnknown,
    Rule::ResponsesMissing,
    Rule::PathWithoutSlash,
    Rule::PathParameterOptional,
    Rule::BodyRepeated,
];

/// Holds a document against the schema of its edition.
pub(crate) fn validate(reading: &mut Reading<'_>) {
    for Broken { node, at, message } in broken(reading.document, reading.edition) {
        let known = |node: Node<'_>| SAID_BETTER.iter().any(|it| reading.report.has(*it, node));
        if !known(node) && !node.key().is_some_and(known) && !known(at) {
            let message = format_args!("{message}");
            reading.report.add(Rule::SchemaViolation, at, message);
        }
    }
}

/// Something in a document that the schema of its edition does not allow.
pub(crate) struct Broken<'d> {
    /// The value.
    node: Node<'d>,
    /// Where to point: the value, or the key in it that should not be there.
    pub(crate) at: Node<'d>,
    pub(crate) message: String,
}

/// Everything in a document that the schema of an edition does not allow.
pub(crate) fn broken<'d>(document: &'d Document<'d>, edition: Edition) -> Vec<Broken<'d>> {
    let root = document.root();
    let files = files(edition);
    let documents = documents(&files);
    let Some((_, first)) = documents.first() else {
        return Vec::new();
    };
    let dialect = if speaks_its_own_dialect(root) {
        None
    } else {
        Some(1)
    };
    // These schemas are ours: what they ask costs no more than the document is worth.
    let (fuel, patterns) = (Fuel::of(u64::MAX), Patterns::default());
    let schemas = Schemas::new(
        source(&documents, dialect),
        Dialect::Modern,
        (&fuel, &patterns),
    );
    let id = schemas.id(first.root(), words::DOCUMENT);
    let checker = Checker::new(&schemas, View::written(document));
    let violations = checker.violations(id, root).into_iter();
    let broken = violations.map(|violation| {
        let message = words::message(&schemas, &violation);
        let Violation { node, what } = violation;
        let at = match what {
            What::Unknown { key, .. } => key,
            _ => node,
        };
        Broken { node, at, message }
    });
    broken.collect()
}

fn source<'s>(
    documents: &'s [(&'static str, Document<'static>)],
    dialect: Option<usize>,
) -> Source<'s> {
    let view = |(address, document): &'s (&'static str, Document<'static>)| {
        (*address, View::written(document))
    };
    Source::Published {
        documents: documents.iter().map(view).collect(),
        dialect,
    }
}

fn files(edition: Edition) -> Vec<Published> {
    let (own, more): (&[Published], &[Published]) = match edition {
        Edition::V2_0 => (V2_0, &[]),
        Edition::V3_0 => (V3_0, &[]),
        Edition::V3_1 => (V3_1, JSON_SCHEMA),
        Edition::V3_2 => (V3_2, JSON_SCHEMA),
    };
    own.iter().chain(more).copied().collect()
}

/// The schemas as documents of our own reader. They are part of the program, so every one can be read; a test reads them.
fn documents(files: &[Published]) -> Vec<(&'static str, Document<'static>)> {
    let budgets = Budgets::default();
    let document = |(address, text): &Published| {
        let document = read(text.as_bytes(), &budgets).ok()?;
        Some((*address, document))
    };
    files.iter().filter_map(document).collect()
}

/// Whether the Schema Objects of a document are written in a dialect that is not OpenAPI's own.
fn speaks_its_own_dialect(root: Node<'_>) -> bool {
    let dialect = root.get("jsonSchemaDialect").and_then(Node::text);
    dialect.is_some_and(|dialect| {
        !dialect.starts_with("https://spec.openapis.org/oas/")
            && !dialect.starts_with("https://json-schema.org/draft/2020-12/schema")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_and_pattern_of_the_schemas_is_understood() {
        for edition in [Edition::V2_0, Edition::V3_0, Edition::V3_1, Edition::V3_2] {
            let files = files(edition);
            let documents = documents(&files);
            assert_eq!(documents.len(), files.len());
            let (fuel, patterns) = (Fuel::of(u64::MAX), Patterns::default());
            let source = source(&documents, Some(1));
            let schemas = Schemas::new(source, Dialect::Modern, (&fuel, &patterns));
            schemas.id(documents[0].1.root(), words::DOCUMENT);
            let (not_understood, count) = schemas.audit();
            assert_eq!(not_understood, [""; 0], "{edition:?}");
            assert!(count > 100, "{edition:?}: {count}");
        }
    }
}
