//! Formats: the kinds of document that a rule says it is for.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{schema::Dialect, tree::node::Node};

/// A kind of document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    Oas2,
    Oas3,
    Oas30,
    Oas31,
    Oas32,
    /// One that is never linted here.
    Other,
}

/// What a document is, or what a rule is for.
pub(crate) type Formats = BTreeSet<Format>;

/// What a document says that it is.
pub(crate) fn of_document(root: Node<'_>) -> Formats {
    if let Some(swagger) = root.get("swagger") {
        let is_two = swagger.written().starts_with("2.") || swagger.written() == "2";
        return is_two.then_some(Format::Oas2).into_iter().collect();
    }
    let openapi = root.get("openapi").map(Node::written).unwrap_or_default();
    let mut parts = openapi.split('.');
    if parts.next() != Some("3") {
        return Formats::new();
    }
    let minor = match parts.next() {
        Some("0") => Some(Format::Oas30),
        Some("1") => Some(Format::Oas31),
        Some("2") => Some(Format::Oas32),
        _ => None,
    };
    minor.into_iter().chain([Format::Oas3]).collect()
}

/// The dialect of the schemas in a document.
pub(crate) fn dialect(formats: &Formats) -> Dialect {
    match formats.contains(&Format::Oas31) || formats.contains(&Format::Oas32) {
        true => Dialect::Modern,
        false => Dialect::Draft4,
    }
}

/// The formats that a rule or ruleset lists, if it lists any.
pub(crate) fn listed(value: Option<&Value>) -> Option<Formats> {
    let names = value?.as_array()?.iter();
    Some(
        names
            .map(|name| named(name.as_str().unwrap_or_default()))
            .collect(),
    )
}

fn named(name: &str) -> Format {
    match name {
        "oas2" | "oas2.0" | "oas2_0" => Format::Oas2,
        "oas3" => Format::Oas3,
        "oas3.0" | "oas3_0" => Format::Oas30,
        "oas3.1" | "oas3_1" => Format::Oas31,
        "oas3.2" | "oas3_2" => Format::Oas32,
        _ => Format::Other,
    }
}

/// Whether a rule for these formats, if it lists any, is for a document of those.
pub(crate) fn fit(rule: Option<&Formats>, document: &Formats) -> bool {
    rule.is_none_or(|rule| !rule.is_disjoint(document))
}
