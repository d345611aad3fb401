//! What was found in a contract, by rule, with what is written at each place.

use askama::Template;

use super::{badge::Badge, said::Said};

/// What was found.
#[derive(Template)]
#[template(path = "parts/findings.html")]
pub struct FindingList {
    /// What was found, by rule: the gravest first.
    pub rules: Vec<FindingGroup>,
}

/// What one rule has found.
pub struct FindingGroup {
    /// How grave it is.
    pub level: Badge,
    /// The rule.
    pub rule: String,
    /// `12 places`.
    pub count: String,
    /// What is wrong, when it is the same everywhere.
    pub message: Option<String>,
    /// The places, in the order of the document.
    pub rows: Vec<FindingRow>,
    /// `12 more`, when not all are shown.
    pub more: Option<More>,
}

impl FindingGroup {
    /// What is wrong everywhere, as it is shown.
    #[must_use]
    pub fn said(&self) -> Option<Said<'_>> {
        self.message.as_deref().map(Said)
    }
}

/// What is not shown.
pub struct More {
    /// How much it is, in words.
    pub words: String,
    /// Where it is shown.
    pub href: Option<String>,
}

/// One place.
pub struct FindingRow {
    /// What is wrong, unless it stands above for all of them.
    pub message: Option<String>,
    /// The JSON pointer.
    pub pointer: String,
    /// `line:column` of the upload.
    pub position: String,
    /// What is written there.
    pub excerpt: Option<Line>,
}

impl FindingRow {
    /// What is wrong here, as it is shown.
    #[must_use]
    pub fn said(&self) -> Option<Said<'_>> {
        self.message.as_deref().map(Said)
    }
}

/// A part of a line of the upload.
pub struct Line {
    /// Its number.
    pub number: u32,
    /// What stands before the place.
    pub before: String,
    /// What is meant.
    pub meant: String,
    /// What follows.
    pub after: String,
}
