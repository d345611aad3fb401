//! Rules: which application a token of an outside issuer is of, and which scopes it carries. The first that matches counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claim::ClaimPath;
use crate::{id::ApplicationId, operation::Scope};

/// The most rules of an issuer, and the most conditions, words and scopes of a rule: each token may be compared with all.
const MOST: usize = 64;

/// The longest value that a condition compares.
const LONGEST: usize = 500;

/// What an issuer's tokens may do here: at least one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<MappingRule>", into = "Vec<MappingRule>")]
pub struct Rules(Vec<MappingRule>);

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MappingRule {
    /// What a token's claims must say, all of it. Nothing: every token of the issuer matches.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The application the token is then of.
    pub application: ApplicationId,
    /// The scopes it then carries.
    pub scopes: ScopeGrant,
}

/// What one claim must say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Which claim: its name, or its place such as `/realm_access/roles`.
    pub claim: ClaimPath,
    /// What it must be, or what its list must hold.
    pub is: String,
}

/// The scopes of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScopeGrant {
    /// Always these.
    Fixed(BTreeSet<Scope>),
    /// Those that the token's own words stand for.
    Words {
        /// The claim with the words: a list, or a text with blanks between them. Mostly `scope` or `scp`.
        claim: ClaimPath,
        /// What each word stands for. Words that are not here stand for nothing.
        map: BTreeMap<String, BTreeSet<Scope>>,
    },
}

/// What a token may do, by the first rule that matched it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched<'a> {
    /// Which rule, from 0.
    pub index: usize,
    /// The rule.
    pub rule: &'a MappingRule,
    /// The scopes that it gives to this token.
    pub scopes: BTreeSet<Scope>,
}

/// Why something is no set of rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRules {
    /// There is none, so that every token would be refused.
    #[error("at least one rule is needed: without one, every token of the issuer is refused")]
    None,
    /// There is more than can be compared with every token.
    #[error("at most {MOST} rules, and in each at most {MOST} conditions, words and scopes")]
    TooMany,
    /// A value that no claim is compared with.
    #[error("what a claim must be has 1 to {LONGEST} characters")]
    Value,
    /// It is no JSON of rules.
    #[error("not rules: {0}")]
    NotJson(String),
}

impl Rules {
    /// The rules, in the order in which they are tried.
    #[must_use]
    pub fn as_slice(&self) -> &[MappingRule] {
        &self.0
    }

    /// The first rule that these claims match.
    #[must_use]
    pub fn judge(&self, claims: &Map<String, Value>) -> Option<Matched<'_>> {
        let mut rules = self.0.iter().enumerate();
        let (index, rule) = rules.find(|(_, rule)| rule.matches(claims))?;
        Some(Matched {
            index,
            rule,
            scopes: rule.scopes.of(claims),
        })
    }

    /// The applications that the rules speak of.
    #[must_use]
    pub fn applications(&self) -> BTreeSet<ApplicationId> {
        self.0.iter().map(|rule| rule.application).collect()
    }
}

impl MappingRule {
    /// Whether everything that is asked of the claims is so.
    #[must_use]
    pub fn matches(&self, claims: &Map<String, Value>) -> bool {
        let met = |condition: &Condition| condition.claim.said(claims).contains(&condition.is);
        self.when.iter().all(met)
    }

    fn fits(&self) -> Result<(), NotRules> {
        let (words, scopes) = match &self.scopes {
            ScopeGrant::Fixed(scopes) => (0, scopes.len()),
            ScopeGrant::Words { map, .. } => {
                let widest = map.values().map(BTreeSet::len).max();
                (map.len(), widest.unwrap_or_default())
            }
        };
        if [self.when.len(), words, scopes].into_iter().max() > Some(MOST) {
            return Err(NotRules::TooMany);
        }
        let value = |condition: &Condition| (1..=LONGEST).contains(&condition.is.len());
        if self.when.iter().all(value) {
            Ok(())
        } else {
            Err(NotRules::Value)
        }
    }
}

impl ScopeGrant {
    /// The scopes that a token of these claims is given.
    #[must_use]
    pub fn of(&self, claims: &Map<String, Value>) -> BTreeSet<Scope> {
        match self {
            Self::Fixed(scopes) => scopes.clone(),
            Self::Words { claim, map } => {
                let said = claim.said(claims);
                let words = said.iter().flat_map(|text| text.split(' '));
                words
                    .filter_map(|word| map.get(word))
                    .flatten()
                    .cloned()
                    .collect()
            }
        }
    }
}

impl TryFrom<Vec<MappingRule>> for Rules {
    type Error = NotRules;

    fn try_from(rules: Vec<MappingRule>) -> Result<Self, NotRules> {
        if rules.is_empty() {
            return Err(NotRules::None);
        }
        if rules.len() > MOST {
            return Err(NotRules::TooMany);
        }
        rules.iter().try_for_each(MappingRule::fits)?;
        Ok(Self(rules))
    }
}

impl From<Rules> for Vec<MappingRule> {
    fn from(rules: Rules) -> Vec<MappingRule> {
        rules.0
    }
}

/// Reads the JSON that files and forms hold: a list of rules.
impl FromStr for Rules {
    type Err = NotRules;

    fn from_str(text: &str) -> Result<Self, NotRules> {
        let rules: Vec<MappingRule> =
            serde_json::from_str(text).map_err(|error| NotRules::NotJson(error.to_string()))?;
        rules.try_into()
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Plain texts and lists always have a form in JSON.
        f.write_str(&serde_json::to_string(&self.0).unwrap_or_default())
    }
}
