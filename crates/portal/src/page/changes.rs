//! What changed from one contract to another, by operation.

use askama::Template;

use super::{badge::Badge, said::Said};

/// What changed for callers.
#[derive(Template)]
#[template(path = "parts/changes.html")]
pub struct ChangeList {
    /// `2 breaking changes, 0 possibly breaking changes, 5 harmless changes.`
    pub summary: String,
    /// `major`, `minor` or `patch`.
    pub bump: Option<&'static str>,
    /// What is left out on purpose.
    pub left_out: Option<&'static str>,
    /// The changes, by operation.
    pub groups: Vec<ChangeGroup>,
    /// `12 more changes`, when not all are told.
    pub untold: Option<String>,
}

/// What changed at one operation, or in one part of the document.
pub struct ChangeGroup {
    /// The method of the operation.
    pub method: Option<&'static str>,
    /// The path, or the part of the document.
    pub title: String,
    /// Whether the title is a path.
    pub is_path: bool,
    /// The changes, the gravest first.
    pub rows: Vec<ChangeRow>,
}

/// One change.
pub struct ChangeRow {
    /// How grave it is.
    pub level: Badge,
    /// What changed, in a sentence.
    pub text: String,
    /// The rule.
    pub rule: &'static str,
    /// `line:column` in the earlier contract.
    pub base: Option<String>,
    /// `line:column` in the later one.
    pub revision: Option<String>,
}

impl ChangeRow {
    /// The sentence, as it is shown.
    #[must_use]
    pub fn said(&self) -> Said<'_> {
        Said(&self.text)
    }
}
