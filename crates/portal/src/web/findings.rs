//! Findings of a contract as programs are told them: in answers, and in the problems that refuse a contract or its version.

use gatewright_contract::{Excerpt, Unsupported};
use gatewright_domain::ruleset::RulesetName;
use gatewright_registry::{PlaceFound, RuleFound};
use serde::Serialize;
use utoipa::ToSchema;

/// What a ruleset is called in a sentence.
pub(crate) const fn called(ruleset: RulesetName) -> &'static str {
    match ruleset {
        RulesetName::None => "no ruleset",
        RulesetName::Oas => "spectral:oas",
        RulesetName::OasAndOwasp => "spectral:oas and the OWASP set",
        RulesetName::Own => "the ruleset of the API",
    }
}

/// What one rule has found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundByRule {
    /// The name of the rule.
    rule: String,
    /// `error`, `warning`, `info` or `hint`.
    level: &'static str,
    /// At how many places.
    count: usize,
    /// The places, in the order of the document.
    findings: Vec<FoundAt>,
    /// How many more there are.
    untold: usize,
}

/// One place where a rule has found something.
#[derive(Debug, Serialize, ToSchema)]
struct FoundAt {
    /// What is wrong, and what would be right.
    message: String,
    /// The JSON pointer of the place.
    pointer: String,
    /// The line of the upload, from 1.
    line: u32,
    /// The column within the line, from 1.
    column: u32,
    /// What is written there; none for an empty line.
    excerpt: Option<ExcerptAt>,
}

/// A part of a line of the upload.
#[derive(Debug, Serialize, ToSchema)]
struct ExcerptAt {
    /// What is written, cut off on both sides where the line is long.
    text: String,
    /// How many characters of it stand before the column.
    before: usize,
}

/// Something of a ruleset that was not run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotRun {
    /// The rule; none when it is about the ruleset as a whole.
    rule: Option<String>,
    /// Why.
    reason: String,
}

impl From<RuleFound> for FoundByRule {
    fn from(found: RuleFound) -> Self {
        let untold = found.untold();
        let RuleFound {
            rule,
            gravity,
            count,
            told,
        } = found;
        Self {
            rule,
            level: gravity.as_str(),
            count,
            findings: told.into_iter().map(FoundAt::from).collect(),
            untold,
        }
    }
}

impl From<PlaceFound> for FoundAt {
    fn from(found: PlaceFound) -> Self {
        let PlaceFound {
            message,
            pointer,
            line,
            column,
            excerpt,
        } = found;
        let excerpt = excerpt.map(|Excerpt { text, before }| ExcerptAt { text, before });
        Self {
            message,
            pointer,
            line,
            column,
            excerpt,
        }
    }
}

impl From<Unsupported> for NotRun {
    fn from(unsupported: Unsupported) -> Self {
        let Unsupported { rule, reason } = unsupported;
        Self { rule, reason }
    }
}
