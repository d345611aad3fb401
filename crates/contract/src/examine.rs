//! The front door: from the bytes of an upload to what the house needs of it.

use std::collections::BTreeMap;

use gatewright_domain::{operation::Operation, text::ScopeName};
use serde::Serialize;

use crate::{
    budget::Budgets,
    finding::Findings,
    model::{
        Model,
        paths::{Described, Path},
        reading::{Reading, one_line},
    },
    read::read,
    report::{Quoted, cut},
    rule::Rule,
    tree::{document::Document, node::Node},
    validate::validate,
};

/// The longest title, version or summary that is handed on, in characters.
const LONGEST_LINE: usize = 200;

/// The longest description of a scope that is handed on, in characters.
const LONGEST_SCOPE: usize = 500;

/// The longest description of a document that is handed on, in characters.
const LONGEST_DESCRIPTION: usize = 10_000;

/// A document that may be stored, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What it says of itself.
    pub summary: Summary,
    /// What it offers, in the document's order. Webhooks and callbacks are not among it, because nobody calls them
    /// through the gateway; path prefixes of `servers` are ignored, because the gateway decides where a version is
    /// mounted.
    pub operations: Vec<Operation>,
    /// Every scope it declares or requires, with the description it gives.
    pub scopes: BTreeMap<ScopeName, Option<String>>,
    /// What is noteworthy and yet no error.
    pub findings: Findings,
}

/// What a document says of itself, short enough to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How it is written.
    pub format: Format,
    /// The version of OpenAPI it names, for instance `3.1.0`.
    pub openapi: String,
    /// Its title, one line.
    pub title: String,
    /// The version it gives itself, one line.
    pub version: String,
    /// Its description (Markdown, not to be trusted), cut off when very long.
    pub description: Option<String>,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2.
    Yaml,
}

/// Reads, checks and lists an upload.
///
/// # Errors
/// The findings, at least one of them an error, of a document that must not be stored.
pub fn examine(bytes: &[u8], budgets: &Budgets) -> Result<Examined, Findings> {
    describe(&read(bytes, budgets)?, budgets)
}

/// Checks and lists a document that was read.
///
/// # Errors
/// As [`examine`].
pub fn describe(document: &Document<'_>, budgets: &Budgets) -> Result<Examined, Findings> {
    let mut reading = Reading::new(document, *budgets);
    let model = Model::read(&mut reading);
    let scopes = model.as_ref().map(|model| {
        validate(&mut reading, model);
        scopes(&mut reading, model)
    });
    let findings = reading.report.finish().after(document.findings());
    let (Some(model), Some(scopes), false) = (model, scopes, findings.has_errors()) else {
        return Err(findings);
    };
    Ok(Examined {
        summary: summary(document, &model),
        operations: model.paths.iter().flat_map(operations).collect(),
        scopes,
        findings,
    })
}

fn summary(document: &Document<'_>, model: &Model<'_>) -> Summary {
    let line = |text: Option<&str>| one_line(text.unwrap_or_default(), LONGEST_LINE);
    Summary {
        format: document.format(),
        openapi: line(Some(model.openapi)),
        title: line(model.title),
        version: line(model.version),
        description: model
            .description
            .map(|text| shortened(text, LONGEST_DESCRIPTION)),
    }
}

fn operations<'m>(path: &'m Path<'_>) -> impl Iterator<Item = Operation> + 'm {
    let operation = |described: &Described<'_>| Operation {
        method: described.method,
        path: path.template.written.to_owned(),
        operation_id: described.operation_id.map(str::to_owned),
        summary: described
            .summary
            .map(|summary| one_line(summary, LONGEST_LINE))
            .filter(|summary| !summary.is_empty()),
        requires: described.requires.clone(),
        deprecated: described.deprecated,
    };
    path.operations.iter().map(operation)
}

/// The scopes of a document: those its schemes declare, and those its operations require.
fn scopes<'d>(reading: &mut Reading<'d>, model: &Model<'d>) -> BTreeMap<ScopeName, Option<String>> {
    let mut scopes = BTreeMap::new();
    for path in &model.paths {
        for operation in &path.operations {
            for scope in operation.requires.scopes() {
                scopes.entry(scope.clone()).or_insert(None);
            }
        }
    }
    for (name, description) in model.security.declared() {
        match name.parse::<ScopeName>() {
            Ok(scope) => {
                let said: &mut Option<String> = scopes.entry(scope).or_default();
                if said.is_none() {
                    *said = said_of_scope(description);
                }
            }
            Err(error) => {
                let key = description.key().unwrap_or(description);
                let written = Quoted(name);
                let message =
                    format_args!("{written} cannot be a scope and is left out: it {error}");
                reading.report.add(Rule::ScopeIgnored, key, message);
            }
        }
    }
    scopes
}

fn said_of_scope(description: Node<'_>) -> Option<String> {
    let said = description.text().map(|text| one_line(text, LONGEST_SCOPE));
    said.filter(|said| !said.is_empty())
}

fn shortened(text: &str, characters: usize) -> String {
    let (text, whole) = cut(text, characters);
    let end = if whole { "" } else { "…" };
    format!("{text}{end}")
}
