//! Rulesets: Spectral's format, read and made ready to run.
//!
//! Invariant: a rule runs, or is turned off, or is listed as unsupported with the reason. None is passed over.

mod built_in;
mod gather;
mod glob;
mod owned;
pub(crate) mod rule;

use std::fmt;

use serde_json::Value;

use super::{Severity, Unsupported};
use crate::{
    budget::Budgets,
    finding::Findings,
    read::{MergeKeys, read_with},
};
use gather::{Gathered, Resolve};
use rule::Rule;

/// The rules to lint by.
#[derive(Clone, Debug)]
pub struct Ruleset {
    gathered: Gathered,
    pub(crate) rules: Vec<Rule>,
    /// Severities for parts of one document: the pointer, the rule, and the severity or that it is off.
    pub(crate) pointed: Vec<Pointed>,
    unsupported: Vec<Unsupported>,
}

/// A severity for one part of a document.
#[derive(Clone, Debug)]
pub(crate) struct Pointed {
    pub(crate) pointer: String,
    pub(crate) rule: String,
    pub(crate) severity: Option<Severity>,
}

/// Why a text is no ruleset.
#[derive(Clone, Debug)]
pub enum RulesetError {
    /// It is neither JSON nor YAML, or exceeds a budget.
    Unreadable(Findings),
    /// It is not what a ruleset is.
    NotARuleset(String),
}

impl fmt::Display for RulesetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(findings) => write!(f, "the ruleset cannot be read: {findings}"),
            Self::NotARuleset(why) => write!(f, "this is no ruleset: {why}"),
        }
    }
}

impl std::error::Error for RulesetError {}

impl Ruleset {
    /// Reads a ruleset, JSON or YAML. What it extends by another name than that of a built-in set is asked of
    /// `resolve`, which answers with the text of that ruleset or `None`.
    ///
    /// # Errors
    /// When the text, or that of a ruleset it extends, is no ruleset. Rules that cannot be run are no error: see
    /// [`Self::unsupported`].
    pub fn read(text: &str, resolve: &Resolve<'_>) -> Result<Self, RulesetError> {
        let value = value(text)?;
        Gathered::of(&value, resolve).map(Self::ready)
    }

    /// The recommended rules of `spectral:oas`.
    #[must_use]
    pub fn oas() -> Self {
        Self::built_in("extends: spectral:oas")
    }

    /// All the rules of the security set.
    #[must_use]
    pub fn owasp() -> Self {
        Self::built_in("extends: [['@stoplight/spectral-owasp-ruleset', all]]")
    }

    fn built_in(text: &str) -> Self {
        Self::read(text, &|_| None).unwrap_or_else(|_| Self::ready(Gathered::default()))
    }

    /// The ruleset for one file, by its path from where the ruleset stands: with the overrides that name it applied.
    #[must_use]
    pub fn for_file(&self, path: &str) -> Self {
        let mut gathered = self.gathered.clone();
        let pointed = gathered.override_for(path);
        Self {
            pointed,
            ..Self::ready(gathered)
        }
    }

    /// What in the ruleset cannot be run here, in the order of the names.
    #[must_use]
    pub fn unsupported(&self) -> &[Unsupported] {
        &self.unsupported
    }

    /// The names of the rules that are turned on, with their severities.
    pub fn rules(&self) -> impl Iterator<Item = (&str, Severity)> {
        self.rules
            .iter()
            .map(|rule| (rule.name.as_str(), rule.severity))
    }

    fn ready(gathered: Gathered) -> Self {
        let mut unsupported = gathered.unsupported.clone();
        let mut rules = Vec::new();
        for (name, definition) in &gathered.definitions {
            if !definition.enabled {
                continue;
            }
            match Rule::ready(name, definition, &gathered.aliases) {
                Ok(rule) => rules.push(rule),
                Err(reason) => unsupported.push(Unsupported {
                    rule: Some(name.clone()),
                    reason,
                }),
            }
        }
        Self {
            gathered,
            rules,
            pointed: Vec::new(),
            unsupported,
        }
    }
}

/// A ruleset's text as a value.
fn value(text: &str) -> Result<Value, RulesetError> {
    let document = read_with(text.as_bytes(), &Budgets::default(), MergeKeys::Kept);
    let document = document.map_err(RulesetError::Unreadable)?;
    Ok(owned::value(document.root()))
}
