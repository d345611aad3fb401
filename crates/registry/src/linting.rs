//! Linting: a contract held against what its API chose as ruleset.
//!
//! Invariant: a ruleset that cannot be read lets nothing pass; it is an error of its own.

use gatewright_contract::{Document, Ruleset, RulesetError, Source, Unsupported, lint};
use gatewright_domain::ruleset::{RulesetChoice, RulesetName};

use crate::{
    found::{Found, Raw, Wanted},
    gravity::Gravity,
};

/// The rule of the finding that says that a stored ruleset cannot be read.
const UNREADABLE: &str = "ruleset-unreadable";

/// What errors a ruleset finds in a contract.
#[derive(Debug)]
pub struct LintErrors {
    /// The ruleset that the API chose.
    pub ruleset: RulesetName,
    /// The errors.
    pub found: Found,
}

/// What rules say about a contract.
#[derive(Default)]
pub(crate) struct Linted {
    pub(crate) raw: Vec<Raw>,
    pub(crate) unsupported: Vec<Unsupported>,
}

/// The rulesets of a choice, ready to run.
///
/// # Errors
/// When one's own cannot be read.
pub(crate) fn rulesets(choice: &RulesetChoice) -> Result<Vec<Ruleset>, RulesetError> {
    Ok(match choice {
        RulesetChoice::None => Vec::new(),
        RulesetChoice::Oas => vec![Ruleset::oas()],
        RulesetChoice::OasAndOwasp => vec![Ruleset::oas(), Ruleset::owasp()],
        // What it extends beside the built-in sets is not at hand, and said to be missing.
        RulesetChoice::Own(text) => vec![Ruleset::read(text.as_str(), &|_| None)?],
    })
}

/// Holds a contract against the rulesets of a choice.
pub(crate) fn linted(document: &Document<'_>, choice: &RulesetChoice) -> Linted {
    let rulesets = match rulesets(choice) {
        Ok(rulesets) => rulesets,
        Err(error) => {
            return Linted {
                raw: vec![Raw::of_all(UNREADABLE, Gravity::Error, error.to_string())],
                unsupported: Vec::new(),
            };
        }
    };
    let mut linted = Linted::default();
    for ruleset in &rulesets {
        let told = lint(document, ruleset);
        linted.raw.extend(told.findings.into_iter().map(Raw::from));
        linted.unsupported.extend(told.unsupported);
    }
    linted
}

/// The errors that a chosen ruleset finds, if it finds any.
pub(crate) fn errors(
    document: &Document<'_>,
    bytes: &[u8],
    choice: &RulesetChoice,
) -> Option<Box<LintErrors>> {
    let raw = linted(document, choice).raw.into_iter();
    let raw: Vec<Raw> = raw.filter(Raw::is_error).collect();
    if raw.is_empty() {
        return None;
    }
    let source = Source::new(bytes.to_vec());
    Some(Box::new(LintErrors {
        ruleset: choice.name(),
        found: Found::gather(raw, &source, &Wanted::default()),
    }))
}

#[cfg(test)]
mod tests {
    use gatewright_contract::{Budgets, read};

    use super::*;

    const DOCUMENT: &[u8] = b"openapi: 3.1.0\ninfo: { title: T, version: '1' }\n\
        servers: [{ url: http://orders.example }]\npaths: {}\n";

    fn rules_found(choice: &RulesetChoice) -> Option<Vec<String>> {
        let document = read(DOCUMENT, &Budgets::default()).unwrap();
        let errors = errors(&document, DOCUMENT, choice)?;
        assert_eq!(errors.found.tally.errors, errors.found.tally.all());
        Some(errors.found.rules.into_iter().map(|it| it.rule).collect())
    }

    fn own(text: &str) -> RulesetChoice {
        RulesetChoice::Own(text.parse().unwrap())
    }

    #[test]
    fn only_errors_stand_in_the_way() {
        assert_eq!(rules_found(&RulesetChoice::None), None);
        assert_eq!(rules_found(&RulesetChoice::Oas), None, "warnings alone");
        let graver = own("extends: spectral:oas\nrules: { info-contact: error }");
        assert_eq!(rules_found(&graver), Some(vec!["info-contact".to_owned()]));
    }

    #[test]
    fn the_rules_for_security_are_beside_the_others() {
        let found = rules_found(&RulesetChoice::OasAndOwasp);
        let rules = ["api8:2023-no-server-http", "api9:2023-inventory-access"];
        let rules = rules.map(|rule| format!("owasp:{rule}")).to_vec();
        assert_eq!(found, Some(rules));
    }

    #[test]
    fn a_ruleset_that_cannot_be_read_lets_nothing_pass() {
        let found = rules_found(&own("rules: [1"));
        assert_eq!(found, Some(vec![UNREADABLE.to_owned()]));
    }
}
