//! What goes wrong with contracts: findings, and changes that break callers.

use gatewright_contract::{Changes, Findings};
use gatewright_registry::{AssessError, CompareError, ReferenceError, UploadError};
use serde_json::json;

use crate::web::{catalogue::Kind, changes::Told, problem::Problem, problems::ours};

/// A contract that was refused, with everything that was found.
fn refused(findings: &Findings) -> Problem {
    Problem::of(Kind::CONTRACT_INVALID).saying(json!({ "findings": findings }))
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

impl From<CompareError> for Problem {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::NotFound(_) => Self::of(Kind::NOT_FOUND),
            CompareError::Broken => ours(&error),
            CompareError::Store(store) => store.into(),
        }
    }
}

impl From<AssessError> for Problem {
    fn from(error: AssessError) -> Self {
        match error {
            AssessError::NotFound => Self::of(Kind::NOT_FOUND),
            AssessError::Broken => ours(&error),
            AssessError::Store(store) => store.into(),
        }
    }
}

impl From<ReferenceError> for Problem {
    fn from(error: ReferenceError) -> Self {
        match error {
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
            UploadError::Breaks(changes) => breaks(changes),
            UploadError::Refused(refused) => refused.into(),
            UploadError::Stale => Self::of(Kind::STALE),
            UploadError::Broken => ours(&error),
            UploadError::Store(store) => store.into(),
        }
    }
}
