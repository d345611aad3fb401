//! Why a ring does not move.

use crate::{
    key::{KeyError, KeyStateName, RingName},
    ring::{Held, TimingError},
    time::Timestamp,
};

/// Why the ring does not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// The standby has not been published long enough (invariant I2).
    #[error("I2 publish before sign: the standby key may sign from {0}")]
    NotReady(Timestamp),
    /// Those who verify have not learnt the next key.
    #[error("the rotation is held: the standby key is {0}")]
    Held(Held),
    /// There is no standby to rotate to (invariant I3 was broken by hand).
    #[error("I3 warm standby: there is no standby key")]
    NoStandby,
    /// No key of that name is in the ring.
    #[error("no such key in the ring")]
    NoSuchKey,
    /// A key of another ring was handed in (invariant I14).
    #[error("I14 algorithm is immutable: a key of {given} cannot join the ring {ring}")]
    OtherRing {
        /// The ring.
        ring: RingName,
        /// Where the key belongs.
        given: RingName,
    },
    /// The ring signs nothing now.
    #[error("the ring {0} is disabled; enable it first")]
    Disabled(RingName),
    /// The ring signs already.
    #[error("the ring {0} is enabled already")]
    Enabled(RingName),
    /// The times would break a promise.
    #[error(transparent)]
    Timing(#[from] TimingError),
    /// The key itself refuses.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl RingError {
    /// The state the key stands in, where that is what refuses: what may be asked of it instead is `KeyStateName::moves`.
    #[must_use]
    pub const fn stands(&self) -> Option<KeyStateName> {
        match self {
            Self::Key(
                KeyError::NotStaged(state)
                | KeyError::NotPublished(state)
                | KeyError::NotActive(state)
                | KeyError::NotDeactivated(state)
                | KeyError::NotSuspendable(state)
                | KeyError::NotSuspended(state)
                | KeyError::Over(state),
            ) => Some(*state),
            Self::Key(KeyError::TokensAlive(_))
            | Self::NotReady(_)
            | Self::Held(_)
            | Self::NoStandby
            | Self::NoSuchKey
            | Self::OtherRing { .. }
            | Self::Disabled(_)
            | Self::Enabled(_)
            | Self::Timing(_) => None,
        }
    }
}
