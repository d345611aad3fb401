//! From what the store does not do to problems: what was not stored, and what may have been.

use std::time::Duration;

use gatewright_store::StoreError;
use tracing::error;

use crate::web::{
    catalogue::Kind,
    problem::Problem,
    problems::{of, ours},
};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound => Self::of(Kind::NOT_FOUND),
            StoreError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            StoreError::Stale => Self::of(Kind::STALE),
            StoreError::Taken { .. } => of(Kind::TAKEN, &error),
            StoreError::TooLarge => of(Kind::BODY_TOO_LARGE, &error),
            StoreError::Busy => Self::of(Kind::BUSY).after(Duration::from_secs(1)),
            StoreError::Full => {
                error!("A change found no room in the database");
                Self::of(Kind::FULL).after(Duration::from_secs(60))
            }
            StoreError::Interrupted => {
                error!("A change may have been stored or not: its commit was not answered");
                Self::of(Kind::OUTCOME_UNKNOWN).after(Duration::from_secs(1))
            }
            StoreError::OutsidePermit
            | StoreError::Corrupt { .. }
            | StoreError::Unusable(_)
            | StoreError::Database(_) => ours(&error),
        }
    }
}
