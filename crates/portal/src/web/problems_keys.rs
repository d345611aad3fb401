//! From the errors about signing keys and their rings to problems.

use gatewright_domain::{
    api::ChoiceError,
    key::{KeyError, KeyStateName},
    ring::{RingError, TimingError},
};
use gatewright_keys::{AlgorithmError, RingUseError};
use serde_json::json;

use crate::web::{
    catalogue::Kind,
    problem::Problem,
    problems::{capital, of, ours},
};

impl From<RingError> for Problem {
    fn from(error: RingError) -> Self {
        match &error {
            RingError::NotReady(ready) => {
                of(Kind::KEY_NOT_READY, &error).saying(json!({ "ready_at": ready }))
            }
            RingError::NoSuchKey => Self::of(Kind::NOT_FOUND),
            RingError::Held(_) => of(Kind::ROTATION_HELD, &error),
            RingError::Key(KeyError::TokensAlive(ends)) => {
                of(Kind::RULE_REFUSES, &error).saying(json!({ "invariant": "I4", "ends_at": ends }))
            }
            RingError::OtherRing { .. } => {
                of(Kind::RULE_REFUSES, &error).saying(json!({ "invariant": "I14" }))
            }
            RingError::Timing(timing) => {
                let pointer = match timing {
                    TimingError::LeadTooShort(_) => "/publication_lead_s",
                    TimingError::PeriodTooShort(_) => "/rotation_period_s",
                };
                let field = Self::field(pointer, capital(&error.to_string()));
                of(Kind::RULE_REFUSES, &error).with(field.faults)
            }
            RingError::NoStandby
            | RingError::Disabled(_)
            | RingError::Enabled(_)
            | RingError::Key(_) => {
                let moves = error.stands().map(KeyStateName::moves).unwrap_or_default();
                of(Kind::STATE, &error).saying(json!({ "allowed": moves }))
            }
        }
    }
}

impl From<AlgorithmError> for Problem {
    fn from(error: AlgorithmError) -> Self {
        match error {
            AlgorithmError::Denied(denied) => denied.into(),
            AlgorithmError::NotFound => Self::of(Kind::NOT_FOUND),
            AlgorithmError::Refused(ChoiceError::NoRing(_)) => {
                Self::field("/algorithm", capital(&error.to_string()))
            }
            AlgorithmError::Refused(ChoiceError::Chosen(_) | ChoiceError::Nothing) => {
                of(Kind::STATE, &error)
            }
            AlgorithmError::Stale => Self::of(Kind::STALE),
            AlgorithmError::KeySet(jwks) => jwks.into(),
            AlgorithmError::Store(store) => store.into(),
        }
    }
}

impl From<RingUseError> for Problem {
    fn from(error: RingUseError) -> Self {
        match error {
            RingUseError::Denied(denied) => denied.into(),
            RingUseError::NoSuchRing => Self::of(Kind::NOT_FOUND),
            RingUseError::Formed(_) => of(Kind::TAKEN, &error),
            RingUseError::Ring(ring) => ring.into(),
            RingUseError::Stale => Self::of(Kind::STALE),
            RingUseError::Generate(_) | RingUseError::Prove(_) if error.is_away() => {
                let _ = ours(&error);
                Self::of(Kind::BUSY)
            }
            RingUseError::Prove(_) => {
                let _ = ours(&error);
                of(Kind::RULE_REFUSES, &error)
            }
            RingUseError::Kek(_) | RingUseError::Generate(_) => ours(&error),
            RingUseError::Store(store) => store.into(),
        }
    }
}
