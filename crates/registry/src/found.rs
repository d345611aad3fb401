//! What was found in a contract, by rule, with what is written at each place.
//!
//! Invariant: everything is counted; what is told is bounded.

use std::collections::BTreeMap;

use gatewright_contract::{Excerpt, Finding, Findings, LintFinding, Source};

use crate::gravity::Gravity;

/// Places told of each rule.
const EACH: usize = 10;

/// Places told of all rules together, and of one rule that is asked for.
const MOST: usize = 500;

/// What of the findings is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those as grave as this alone.
    pub gravity: Option<Gravity>,
    /// Those of this rule alone, and more of them.
    pub rule: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How much was found in all, wanted or not.
    pub tally: Tally,
    /// The wanted, by rule: the gravest first, then by name.
    pub rules: Vec<RuleFound>,
}

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// What is good to know.
    pub infos: usize,
    /// Matters of taste.
    pub hints: usize,
}

/// What one rule has found.
#[derive(Clone, Debug)]
pub struct RuleFound {
    /// The name of the rule.
    pub rule: String,
    /// How grave it is.
    pub gravity: Gravity,
    /// How often it was found.
    pub count: usize,
    /// Where, in the order of the document, as far as it is told.
    pub told: Vec<PlaceFound>,
}

/// One place where a rule has found something.
#[derive(Clone, Debug)]
pub struct PlaceFound {
    /// What is wrong, and what would be right.
    pub message: String,
    /// The JSON pointer of the place.
    pub pointer: String,
    /// The line of the upload, from 1.
    pub line: u32,
    /// The column within the line, in characters, from 1.
    pub column: u32,
    /// What is written there, unless the line is empty.
    pub excerpt: Option<Excerpt>,
}

/// One finding before it joins those of its rule.
pub(crate) struct Raw {
    rule: String,
    gravity: Gravity,
    message: String,
    pointer: String,
    line: u32,
    column: u32,
}

impl Tally {
    /// How much of this gravity.
    #[must_use]
    pub const fn of(self, gravity: Gravity) -> usize {
        match gravity {
            Gravity::Error => self.errors,
            Gravity::Warning => self.warnings,
            Gravity::Info => self.infos,
            Gravity::Hint => self.hints,
        }
    }

    /// How much in all.
    #[must_use]
    pub const fn all(self) -> usize {
        self.errors + self.warnings + self.infos + self.hints
    }

    fn count(&mut self, gravity: Gravity) {
        let number = match gravity {
            Gravity::Error => &mut self.errors,
            Gravity::Warning => &mut self.warnings,
            Gravity::Info => &mut self.infos,
            Gravity::Hint => &mut self.hints,
        };
        *number += 1;
    }
}

impl RuleFound {
    /// How many places are not told.
    #[must_use]
    pub fn untold(&self) -> usize {
        self.count.saturating_sub(self.told.len())
    }
}

impl Found {
    /// What was found in an upload, beside its text.
    #[must_use]
    pub fn in_upload(findings: &Findings, document: &str) -> Self {
        let raw = findings.as_slice().iter().map(Raw::from);
        let source = Source::new(document.as_bytes().to_vec());
        Self::gather(raw, &source, &Wanted::default())
    }

    pub(crate) fn gather(
        raw: impl IntoIterator<Item = Raw>,
        source: &Source,
        wanted: &Wanted,
    ) -> Self {
        let mut tally = Tally::default();
        let mut by_rule: BTreeMap<(Gravity, String), Vec<Raw>> = BTreeMap::new();
        for raw in raw {
            tally.count(raw.gravity);
            let is_grave = wanted.gravity.is_none_or(|it| it == raw.gravity);
            let is_of_rule = wanted.rule.as_ref().is_none_or(|it| *it == raw.rule);
            if is_grave && is_of_rule {
                let key = (raw.gravity, raw.rule.clone());
                by_rule.entry(key).or_default().push(raw);
            }
        }
        let each = if wanted.rule.is_some() { MOST } else { EACH };
        let mut left = MOST;
        let rules = by_rule.into_iter().map(|((gravity, rule), raw)| {
            let count = raw.len();
            let told = raw.into_iter().take(each.min(left));
            let told: Vec<PlaceFound> = told.map(|raw| raw.beside(source)).collect();
            left -= told.len();
            RuleFound {
                rule,
                gravity,
                count,
                told,
            }
        });
        let rules = rules.collect();
        Self { tally, rules }
    }
}

impl Raw {
    /// Something about the document as a whole.
    pub(crate) fn of_all(rule: &str, gravity: Gravity, message: String) -> Self {
        Self {
            rule: rule.to_owned(),
            gravity,
            message,
            pointer: String::new(),
            line: 1,
            column: 1,
        }
    }

    pub(crate) fn is_error(&self) -> bool {
        self.gravity == Gravity::Error
    }

    fn beside(self, source: &Source) -> PlaceFound {
        let Self {
            rule: _,
            gravity: _,
            message,
            pointer,
            line,
            column,
        } = self;
        let excerpt = source.excerpt(line, column);
        PlaceFound {
            message,
            pointer,
            line,
            column,
            excerpt,
        }
    }
}

impl From<&Finding> for Raw {
    fn from(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.to_string(),
            gravity: finding.level.into(),
            message: finding.message.clone(),
            pointer: finding.pointer.clone(),
            line: finding.line,
            column: finding.column,
        }
    }
}

impl From<LintFinding> for Raw {
    fn from(finding: LintFinding) -> Self {
        let LintFinding {
            rule,
            severity,
            pointer,
            line,
            column,
            message,
        } = finding;
        Self {
            rule,
            gravity: severity.into(),
            message,
            pointer,
            line,
            column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(rule: &str, gravity: Gravity, line: u32) -> Raw {
        Raw {
            rule: rule.to_owned(),
            gravity,
            message: "m".to_owned(),
            pointer: String::new(),
            line,
            column: 1,
        }
    }

    fn gathered(wanted: &Wanted) -> Found {
        let source = Source::new("a: 1\n".repeat(700).into_bytes());
        let warnings = (1..=600).map(|line| raw("w", Gravity::Warning, line));
        let others = [
            raw("z", Gravity::Error, 7),
            raw("a", Gravity::Hint, 900),
            raw("a", Gravity::Error, 9),
        ];
        Found::gather(warnings.chain(others), &source, wanted)
    }

    fn told(found: &Found) -> Vec<(&str, Gravity, usize, usize)> {
        let rule = |it: &RuleFound| (it.gravity, it.count, it.told.len());
        let rules = found.rules.iter();
        rules
            .map(|it| (it.rule.as_str(), rule(it).0, rule(it).1, rule(it).2))
            .collect()
    }

    #[test]
    fn the_gravest_come_first_and_everything_is_counted() {
        let found = gathered(&Wanted::default());
        assert_eq!(
            told(&found),
            [
                ("a", Gravity::Error, 1, 1),
                ("z", Gravity::Error, 1, 1),
                ("w", Gravity::Warning, 600, EACH),
                ("a", Gravity::Hint, 1, 1)
            ]
        );
        assert_eq!(found.rules[2].untold(), 590);
        let tally = (found.tally.errors, found.tally.warnings, found.tally.all());
        assert_eq!(tally, (2, 600, 603));
        assert!(found.rules[0].told[0].excerpt.is_some());
        assert_eq!(found.rules[3].told[0].excerpt, None, "no such line");
    }

    #[test]
    fn what_is_asked_for_is_told_alone() {
        let grave = Wanted {
            gravity: Some(Gravity::Error),
            rule: None,
        };
        let found = gathered(&grave);
        assert_eq!(told(&found).len(), 2);
        assert_eq!(found.tally.all(), 603, "the rest is counted all the same");
        let one = Wanted {
            gravity: None,
            rule: Some("w".to_owned()),
        };
        assert_eq!(told(&gathered(&one)), [("w", Gravity::Warning, 600, MOST)]);
    }

    #[test]
    fn many_rules_together_are_bounded_too() {
        let many = (0..2_000).map(|number| raw(&format!("r{number}"), Gravity::Info, 1));
        let found = Found::gather(many, &Source::new(Vec::new()), &Wanted::default());
        assert_eq!(found.rules.len(), 2_000);
        let told: usize = found.rules.iter().map(|it| it.told.len()).sum();
        assert_eq!(told, MOST);
    }
}
