//! Findings: what is noteworthy in a document, and where.

use std::fmt;

use serde::Serialize;

use crate::rule::{Level, Rule};

/// One thing that is noteworthy, at one place of the upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// How grave it is.
    pub level: Level,
    /// The JSON pointer of the place (RFC 6901); empty for the document as a whole. Cut off with `…` when longer
    /// than a pointer to anything sensible is.
    pub pointer: String,
    /// The line of the upload, from 1: of the key, for an object or a list that stands under one; else of the thing itself.
    pub line: u32,
    /// The column within the line, in characters, from 1.
    pub column: u32,
    /// What it is, and what would be right.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            level,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{line}:{column}: {level} {rule}: {message}")
    }
}

/// Findings in the order of the document, at most [`Findings::MOST`] and one that counts the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// The most findings that are told. Nobody mends more at a time, and an answer must stay small.
    pub const MOST: usize = 200;

    pub(crate) fn from_sorted(findings: Vec<Finding>) -> Self {
        Self(findings)
    }

    /// These behind others that were found before.
    pub(crate) fn after(self, others: &Self) -> Self {
        let mut all = others.0.clone();
        all.extend(self.0);
        Self(all)
    }

    /// Whether any of them forbids storing the document.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.level == Level::Error)
    }

    /// The findings, in the order of the document.
    #[must_use]
    pub fn as_slice(&self) -> &[Finding] {
        &self.0
    }

    /// The findings by value, in the order of the document.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}

impl fmt::Display for Findings {
    /// One line for each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, finding) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{finding}")?;
        }
        Ok(())
    }
}

/// As an error, the findings are why a document is refused.
impl std::error::Error for Findings {}
