//! From the errors about outside issuers to problems.

use gatewright_domain::outside::OutsideIssuerError;
use gatewright_keys::IssuerError;

use super::problems::{capital, ours};
use crate::web::{catalogue::Kind, problem::Problem};

impl From<IssuerError> for Problem {
    fn from(error: IssuerError) -> Self {
        let told = capital(&error.to_string());
        match error {
            IssuerError::Denied(denied) => denied.into(),
            IssuerError::NotFound => Self::of(Kind::NOT_FOUND),
            IssuerError::Taken => Self::of(Kind::TAKEN).because(told),
            IssuerError::NoSuchApplication(_) => Self::field("/rules", told),
            IssuerError::Secret(_) => Self::field("/keys/secret", told),
            IssuerError::Refused(
                OutsideIssuerError::OurOwn | OutsideIssuerError::NotDiscoverable,
            ) => Self::field("/issuer", told),
            IssuerError::Refused(
                OutsideIssuerError::AlreadySuspended
                | OutsideIssuerError::NotSuspended
                | OutsideIssuerError::Withdrawn
                | OutsideIssuerError::NoKeySet,
            ) => Self::of(Kind::STATE).because(told),
            IssuerError::Stale => Self::of(Kind::STALE),
            IssuerError::Kek(cause) => ours(&cause),
            IssuerError::Seal(cause) => ours(&cause),
            IssuerError::Store(store) => store.into(),
        }
    }
}
