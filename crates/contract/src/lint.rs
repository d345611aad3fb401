//! Linting: a document held against a ruleset in Spectral's format.
//!
//! Invariant: every rule that is turned on has run on the whole document, or the answer says that it has not and why.

mod failures;
mod finish;
mod flaws;
mod formats;
mod functions;
mod message;
mod path;
pub(crate) mod ruleset;
mod run;

use std::fmt;

use serde::Serialize;

use crate::{lint::ruleset::Ruleset, tree::document::Document};

/// What linting may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintBudgets {
    /// Steps of work: values looked at, and what the functions of rules do with them. A million takes some forty
    /// milliseconds.
    pub steps: u64,
    /// Steps beyond these for every byte of the document.
    pub steps_per_byte: u64,
    /// Findings kept.
    pub findings: usize,
    /// References followed one after another.
    pub reference_chain: usize,
}

impl Default for LintBudgets {
    fn default() -> Self {
        Self {
            steps: 20_000_000,
            steps_per_byte: 5,
            findings: 20_000,
            reference_chain: 100,
        }
    }
}

/// How grave what a rule finds is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be mended.
    Error,
    /// It should be.
    Warn,
    /// Good to know.
    Info,
    /// A matter of taste.
    Hint,
}

impl Severity {
    /// The word in rulesets and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a rule has found at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The name of the rule.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// The JSON pointer of the place (RFC 6901). Where something is missing, that of what should hold it.
    pub pointer: String,
    /// The line of the document, from 1.
    pub line: u32,
    /// The column within the line, in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for LintFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            severity,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{line}:{column}: {severity} {rule}: {message}")
    }
}

/// Something in a ruleset that cannot be run here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsupported {
    /// The rule, unless it is about the ruleset as a whole.
    pub rule: Option<String>,
    /// What of it cannot be run, and why.
    pub reason: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "the rule `{rule}` was not run: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Linted {
    /// What was found, in the order of the document.
    pub findings: Vec<LintFinding>,
    /// What of the ruleset was not run.
    pub unsupported: Vec<Unsupported>,
}

impl Linted {
    /// Whether any finding is at least as grave as this.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity <= severity)
    }
}

/// The rule of the finding that says that a budget was used up.
pub const LINT_OVER_BUDGET: &str = "lint-over-budget";

/// Holds a document against a ruleset, within the usual budgets.
#[must_use]
pub fn lint(document: &Document<'_>, ruleset: &Ruleset) -> Linted {
    lint_within(document, ruleset, &LintBudgets::default())
}

/// Holds a document against a ruleset. When a budget is used up, the first finding says so and names it.
#[must_use]
pub fn lint_within(document: &Document<'_>, ruleset: &Ruleset, budgets: &LintBudgets) -> Linted {
    run::run(document, ruleset, budgets)
}
