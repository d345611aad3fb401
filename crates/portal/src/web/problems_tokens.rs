//! From the errors about API keys, replaced tokens and status lists to problems.

use std::time::Duration;

use gatewright_domain::{api_key::ApiKeyError, succession::SuccessionError};
use gatewright_keys::{ApiKeyUseError, ReplaceError, StatusListError};

use crate::web::{
    catalogue::Kind,
    problem::Problem,
    problems::{capital, of, ours},
};

impl From<ApiKeyUseError> for Problem {
    fn from(error: ApiKeyUseError) -> Self {
        match error {
            ApiKeyUseError::Denied(denied) => denied.into(),
            ApiKeyUseError::NotFound => Self::of(Kind::NOT_FOUND),
            ApiKeyUseError::Ambiguous => Self::of(Kind::AMBIGUOUS),
            ApiKeyUseError::Refused(ApiKeyError::Refused(refused)) => refused.into(),
            ApiKeyUseError::Refused(ApiKeyError::Lifetime) => {
                Self::field("/lifetime_s", capital(&ApiKeyError::Lifetime.to_string()))
            }
            ApiKeyUseError::Refused(ApiKeyError::AlreadyRevoked) => of(Kind::STATE, &error),
            ApiKeyUseError::Drawn(_) => ours(&error),
            ApiKeyUseError::Stale => Self::of(Kind::STALE),
            ApiKeyUseError::Store(store) => store.into(),
        }
    }
}

impl From<StatusListError> for Problem {
    fn from(error: StatusListError) -> Self {
        match error {
            StatusListError::Sign(_) | StatusListError::Ring(_) => {
                Self::of(Kind::BUSY).after(Duration::from_secs(1))
            }
            StatusListError::Store(store) => store.into(),
        }
    }
}

impl From<ReplaceError> for Problem {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::Denied(denied) => denied.into(),
            ReplaceError::Issue(issue) => issue.into(),
            ReplaceError::NotFound => Self::of(Kind::NOT_FOUND),
            ReplaceError::Stale => Self::of(Kind::STALE),
            ReplaceError::Store(store) => store.into(),
            ReplaceError::Refused(refused) => {
                let words = capital(&refused.to_string());
                match refused {
                    SuccessionError::Over | SuccessionError::Replaced => of(Kind::STATE, &refused),
                    SuccessionError::Wider(_) => Self::field("/scopes", words),
                    SuccessionError::Overlap => Self::field("/overlap_s", words),
                    SuccessionError::Lifetime(_) => Self::field("/lifetime_s", words),
                }
            }
        }
    }
}
