//! How grave a finding is, whoever found it: the reader of contracts or a rule of a ruleset.

use std::{fmt, str::FromStr};

use gatewright_contract::{Level, Severity};
use serde::Deserialize;

/// How grave a finding is, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Gravity {
    /// It must be mended.
    Error,
    /// It should be mended.
    Warning,
    /// Good to know.
    Info,
    /// A matter of taste.
    Hint,
}

/// A text that names no gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be error, warning, info or hint")]
pub struct NotAGravity;

impl Gravity {
    /// Every one, the gravest first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Hint];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }
}

impl fmt::Display for Gravity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Gravity {
    type Err = NotAGravity;

    fn from_str(text: &str) -> Result<Self, NotAGravity> {
        let mut all = Self::ALL.into_iter();
        all.find(|gravity| gravity.as_str() == text)
            .ok_or(NotAGravity)
    }
}

impl TryFrom<String> for Gravity {
    type Error = NotAGravity;

    fn try_from(text: String) -> Result<Self, NotAGravity> {
        text.parse()
    }
}

impl From<Level> for Gravity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Info => Self::Info,
        }
    }
}

impl From<Severity> for Gravity {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warn => Self::Warning,
            Severity::Info => Self::Info,
            Severity::Hint => Self::Hint,
        }
    }
}
