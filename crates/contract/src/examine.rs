//! The front door: from the bytes of an upload to what the house needs of it.

use std::collections::BTreeMap;

use gatewright_domain::{operation::Operation, text::ScopeName};
use serde::Serialize;

use crate::{budget::Budgets, finding::Findings};

/// A document that may be stored, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What it is.
    pub summary: Summary,
    /// What it offers, in the document's order; path prefixes of its `servers` are ignored, because the gateway
    /// decides where a version is mounted.
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
    let _ = (bytes, budgets);
    Err(Findings::default())
}
