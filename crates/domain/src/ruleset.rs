//! The ruleset of an API: what its contracts are linted by, and must have no error of before they reach callers.
//!
//! Invariant: a choice never changes; another one is the next revision.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    api::ApiRef,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    digest::sha256_hex,
    id::RulesetId,
    revision::Revision,
    time::Timestamp,
};

/// The longest ruleset of one's own, in bytes: it is read anew at every upload and every look at findings.
const LONGEST: usize = 256 * 1024;

/// A ruleset of one's own, in Spectral's format: JSON or YAML, at most 256 KiB. That it can be read, whoever saves it has
/// checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RulesetText(String);

/// Why a text cannot be a ruleset, whatever stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesetTextError {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// Longer than a ruleset may be.
    #[error("must have at most {LONGEST} bytes")]
    TooLong,
}

/// Which ruleset.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum RulesetChoice {
    /// None: nothing is asked of contracts beyond that they are right.
    #[default]
    None,
    /// The recommended rules of `spectral:oas`.
    Oas,
    /// Those, and the rules for the security of APIs.
    OasAndOwasp,
    /// One of the team's own.
    Own(RulesetText),
}

/// The word for a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RulesetName {
    /// None.
    None,
    /// The recommended rules of `spectral:oas`.
    Oas,
    /// Those, and the rules for the security of APIs.
    OasAndOwasp,
    /// One of the team's own.
    Own,
}

/// A text that names no ruleset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be none, spectral:oas, spectral:oas+owasp or own")]
pub struct NotARulesetName;

/// Why a name and a text make no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesetChoiceError {
    /// A ruleset of one's own is its text.
    #[error("must have the text of the ruleset beside it")]
    NoText,
    /// A ruleset that is built in has no text to give.
    #[error("is built in: leave the text out, or choose own")]
    NeedlessText,
}

/// A choice of a ruleset for an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiRuleset {
    /// Its id.
    pub id: RulesetId,
    /// The API.
    pub api: ApiRef,
    /// Its number within the API, from 1.
    pub number: u32,
    /// What was chosen.
    pub choice: RulesetChoice,
    /// When it was chosen.
    pub chosen: Timestamp,
    /// How often it was written: once.
    pub revision: Revision,
}

impl RulesetText {
    /// The text inside.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RulesetText {
    type Error = RulesetTextError;

    fn try_from(text: String) -> Result<Self, RulesetTextError> {
        if text.trim().is_empty() {
            return Err(RulesetTextError::Empty);
        }
        if text.len() > LONGEST {
            return Err(RulesetTextError::TooLong);
        }
        Ok(Self(text))
    }
}

impl FromStr for RulesetText {
    type Err = RulesetTextError;

    fn from_str(text: &str) -> Result<Self, RulesetTextError> {
        text.to_owned().try_into()
    }
}

impl From<RulesetText> for String {
    fn from(text: RulesetText) -> Self {
        text.0
    }
}

impl RulesetName {
    /// Every name.
    pub const ALL: [Self; 4] = [Self::None, Self::Oas, Self::OasAndOwasp, Self::Own];

    /// The word on the wire and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Oas => "spectral:oas",
            Self::OasAndOwasp => "spectral:oas+owasp",
            Self::Own => "own",
        }
    }

    /// The choice of this name, with its text when it is one's own.
    ///
    /// # Errors
    /// `NoText`; `NeedlessText`.
    pub fn with(self, text: Option<RulesetText>) -> Result<RulesetChoice, RulesetChoiceError> {
        match (self, text) {
            (Self::Own, Some(text)) => Ok(RulesetChoice::Own(text)),
            (Self::Own, None) => Err(RulesetChoiceError::NoText),
            (Self::None | Self::Oas | Self::OasAndOwasp, Some(_)) => {
                Err(RulesetChoiceError::NeedlessText)
            }
            (Self::None, None) => Ok(RulesetChoice::None),
            (Self::Oas, None) => Ok(RulesetChoice::Oas),
            (Self::OasAndOwasp, None) => Ok(RulesetChoice::OasAndOwasp),
        }
    }
}

impl fmt::Display for RulesetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RulesetName {
    type Err = NotARulesetName;

    fn from_str(text: &str) -> Result<Self, NotARulesetName> {
        let mut all = Self::ALL.into_iter();
        all.find(|name| name.as_str() == text)
            .ok_or(NotARulesetName)
    }
}

impl TryFrom<String> for RulesetName {
    type Error = NotARulesetName;

    fn try_from(text: String) -> Result<Self, NotARulesetName> {
        text.parse()
    }
}

impl From<RulesetName> for String {
    fn from(name: RulesetName) -> Self {
        name.as_str().to_owned()
    }
}

impl RulesetChoice {
    /// The word for it.
    #[must_use]
    pub const fn name(&self) -> RulesetName {
        match self {
            Self::None => RulesetName::None,
            Self::Oas => RulesetName::Oas,
            Self::OasAndOwasp => RulesetName::OasAndOwasp,
            Self::Own(_) => RulesetName::Own,
        }
    }

    /// The text, when it is one's own.
    #[must_use]
    pub const fn text(&self) -> Option<&RulesetText> {
        match self {
            Self::Own(text) => Some(text),
            Self::None | Self::Oas | Self::OasAndOwasp => None,
        }
    }
}

impl ApiRuleset {
    /// Records a choice.
    pub fn choose(choice: Self) -> Change<Self> {
        let first = Self {
            revision: Revision::NEW,
            ..choice
        };
        Change::first(Kind::RulesetChosen, first)
    }
}

impl Aggregate for ApiRuleset {
    fn target(&self) -> Target {
        Target {
            kind: "ruleset",
            id: self.id.to_string(),
            label: self.api.name.to_string(),
            parent: Some(self.api.id.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        self.api.subject()
    }

    fn facts(&self) -> Facts {
        let digest = self
            .choice
            .text()
            .map(|text| sha256_hex(text.as_str().as_bytes()));
        facts([
            ("number", self.number.to_string()),
            ("ruleset", self.choice.name().to_string()),
            ("digest", or_none(digest)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruleset_is_named_as_it_is_stored() {
        for name in RulesetName::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
        }
        assert_eq!("owasp".parse::<RulesetName>(), Err(NotARulesetName));
    }

    #[test]
    fn only_a_ruleset_of_ones_own_has_a_text() {
        let text: RulesetText = "extends: spectral:oas".parse().unwrap();
        let own = RulesetName::Own.with(Some(text.clone())).unwrap();
        assert_eq!((own.name(), own.text()), (RulesetName::Own, Some(&text)));
        let missing = RulesetName::Own.with(None);
        assert_eq!(missing, Err(RulesetChoiceError::NoText));
        let needless = RulesetName::Oas.with(Some(text));
        assert_eq!(needless, Err(RulesetChoiceError::NeedlessText));
        let none = RulesetName::None.with(None).unwrap();
        assert_eq!(none, RulesetChoice::default());
    }

    #[test]
    fn a_text_is_something_and_not_too_much() {
        assert_eq!(" \n".parse::<RulesetText>(), Err(RulesetTextError::Empty));
        let longest = "#".repeat(LONGEST);
        assert!(longest.parse::<RulesetText>().is_ok());
        let longer = format!("{longest}#");
        assert_eq!(
            longer.parse::<RulesetText>(),
            Err(RulesetTextError::TooLong)
        );
    }
}
