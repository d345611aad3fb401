//! Why a grant does not begin or end, as problems.

use gatewright_keys::FamilyUseError;

use crate::web::{catalogue::Kind, problem::Problem, problems};

impl From<FamilyUseError> for Problem {
    fn from(error: FamilyUseError) -> Self {
        match error {
            FamilyUseError::Denied(denied) => denied.into(),
            FamilyUseError::NotFound => Self::of(Kind::NOT_FOUND),
            FamilyUseError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            FamilyUseError::Refused(refused) => refused.into(),
            FamilyUseError::NoScope => {
                Self::field("/scopes", problems::capital(&error.to_string()))
            }
            FamilyUseError::AlreadyRevoked => problems::of(Kind::STATE, &error),
            FamilyUseError::Pepper(_) => {
                let _ = problems::ours(&error);
                Self::of(Kind::BUSY)
            }
            FamilyUseError::Stale => Self::of(Kind::STALE),
            FamilyUseError::Store(store) => store.into(),
        }
    }
}
