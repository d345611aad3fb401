//! Why an initial access token is not minted or revoked, as problems.

use gatewright_domain::client::InitialTokenError;
use gatewright_keys::InitialTokenUseError;

use crate::web::{
    catalogue::Kind,
    problem::Problem,
    problems::{capital, of, ours},
};

impl From<InitialTokenUseError> for Problem {
    fn from(error: InitialTokenUseError) -> Self {
        let words = capital(&error.to_string());
        match error {
            InitialTokenUseError::Denied(denied) => denied.into(),
            InitialTokenUseError::NotFound => Self::of(Kind::NOT_FOUND),
            InitialTokenUseError::Refused(refused) => match refused {
                InitialTokenError::Lifetime => Self::field("/lifetime_s", words),
                InitialTokenError::Most => Self::field("/max_registrations", words),
                InitialTokenError::Nothing => Self::field("/grants", words),
                InitialTokenError::AlreadyRevoked | InitialTokenError::Over => {
                    of(Kind::STATE, &refused)
                }
            },
            InitialTokenUseError::Drawn(_) => ours(&error),
            InitialTokenUseError::Stale => Self::of(Kind::STALE),
            InitialTokenUseError::Store(store) => store.into(),
        }
    }
}
