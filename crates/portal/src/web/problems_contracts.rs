//! What goes wrong with contracts: findings, and changes that break callers.

use std::time::Duration;

use gatewright_contract::{Changes, Findings, Level, RulesetError};
use gatewright_registry::{
    AssessError, Busy, CompareError, LintErrors, Objections, ReferenceError, RulesetUseError,
    UploadError,
};
use serde_json::json;

use crate::web::{
    catalogue::Kind,
    changes::Told,
    findings::{FoundByRule, called},
    problem::Problem,
    problems::{of, ours},
};

/// A contract that was refused, with everything that was found.
fn refused(findings: &Findings) -> Problem {
    Problem::of(Kind::CONTRACT_INVALID).saying(json!({ "findings": findings }))
}

/// What stands against a contract: what breaks callers, and beside it the errors of the ruleset.
fn objected(objections: Objections) -> Problem {
    let Objections { changes, lint } = objections;
    let lint = lint.map(|lint| *lint);
    match (changes.reach(Level::Error), lint) {
        (false, Some(lint)) => lint_errors(lint),
        (true, Some(lint)) => {
            let problem = breaks(changes);
            let errors = problem_members(lint);
            let mut members = problem.extra.clone().unwrap_or_default();
            if let (Some(all), Some(errors)) = (members.as_object_mut(), errors.as_object()) {
                all.extend(errors.clone());
            }
            problem.saying(members)
        }
        (_, None) => breaks(changes),
    }
}

/// A contract with errors of the ruleset that its API chose.
pub(super) fn lint_errors(lint: LintErrors) -> Problem {
    let errors = lint.found.tally.errors;
    let detail = format!(
        "{} of {} in the contract; nothing was changed.",
        counted(errors, "error", "errors"),
        called(lint.ruleset)
    );
    Problem::of(Kind::LINT_ERRORS)
        .because(detail)
        .saying(problem_members(lint))
}

fn problem_members(lint: LintErrors) -> serde_json::Value {
    let rules: Vec<FoundByRule> = lint
        .found
        .rules
        .into_iter()
        .map(FoundByRule::from)
        .collect();
    json!({ "ruleset": lint.ruleset, "rules": rules })
}

/// A text that is no ruleset, with the places where it cannot be read.
fn no_ruleset(error: &RulesetError) -> Problem {
    let problem = Problem::of(Kind::RULESET_INVALID);
    match error {
        RulesetError::Unreadable(findings) => problem
            .because("The text cannot be read; nothing was stored.")
            .saying(json!({ "findings": findings })),
        RulesetError::NotARuleset(why) => problem.because(format!("The ruleset: {why}.")),
    }
}

/// A contract that breaks callers, with what breaks them.
fn breaks(changes: Changes) -> Problem {
    let counts = changes.counts;
    let detail = format!(
        "{} what callers rely on; {} changed in all.",
        counted(counts.errors, "change breaks", "changes break"),
        counted(counts.all(), "thing", "things"),
    );
    Problem::of(Kind::CONTRACT_BREAKS)
        .because(detail)
        .saying(json!(Told::from(changes)))
}

fn counted(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        of(Kind::BUSY, &busy).after(Duration::from_secs(2))
    }
}

impl From<CompareError> for Problem {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::NotFound(_) => Self::of(Kind::NOT_FOUND),
            CompareError::Busy(busy) => busy.into(),
            CompareError::Broken => ours(&error),
            CompareError::Store(store) => store.into(),
        }
    }
}

impl From<AssessError> for Problem {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::NotFound => Self::of(Kind::NOT_FOUND),
            AssessError::Busy(busy) => busy.into(),
            AssessError::Broken => ours(&error),
            AssessError::Store(store) => store.into(),
        }
    }
}

impl From<ReferenceError> for Problem {
    fn from(error: ReferenceError) -> Self {
        match error {
            ReferenceError::Busy(busy) => busy.into(),
            ReferenceError::Broken => ours(&error),
            ReferenceError::Store(store) => store.into(),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Denied(denied) => denied.into(),
            UploadError::NotFound => Self::of(Kind::NOT_FOUND),
            UploadError::Findings(findings) => refused(&findings),
            UploadError::Objected(objections) => objected(objections),
            UploadError::Refused(refused) => refused.into(),
            UploadError::Stale => Self::of(Kind::STALE),
            UploadError::Busy(busy) => busy.into(),
            UploadError::Broken => ours(&error),
            UploadError::Store(store) => store.into(),
        }
    }
}

impl From<RulesetUseError> for Problem {
    fn from(error: RulesetUseError) -> Self {
        match error {
            RulesetUseError::Denied(denied) => denied.into(),
            RulesetUseError::NotFound => Self::of(Kind::NOT_FOUND),
            RulesetUseError::Invalid(invalid) => no_ruleset(&invalid),
            RulesetUseError::Stale => Self::of(Kind::STALE),
            RulesetUseError::Broken => ours(&error),
            RulesetUseError::Store(store) => store.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use gatewright_registry::MoveError;

    use super::*;

    #[test]
    fn whoever_found_no_place_is_told_when_to_come_again() {
        for problem in [
            Problem::from(AssessError::Busy(Busy)),
            CompareError::Busy(Busy).into(),
            ReferenceError::Busy(Busy).into(),
            UploadError::Busy(Busy).into(),
            MoveError::Busy(Busy).into(),
        ] {
            assert_eq!(problem.kind, Kind::BUSY);
            assert_eq!(problem.status(), 503);
            assert_eq!(problem.retry_after, Some(Duration::from_secs(2)));
            assert!(
                problem.detail.starts_with("As many contracts"),
                "{problem:?}"
            );
        }
    }
}
