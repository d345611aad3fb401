//! Why a key does not move.

use crate::{key::KeyStateName, time::Timestamp};

/// Why a move of a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Only a staged key can be published or discarded.
    #[error("the key is {0}, and only a staged key can be published or discarded")]
    NotStaged(KeyStateName),
    /// Only a published key can begin to sign.
    #[error("the key is {0}, and only a published key can begin to sign")]
    NotPublished(KeyStateName),
    /// Only the active key can stop signing.
    #[error("the key is {0}, and only the active key can be deactivated")]
    NotActive(KeyStateName),
    /// Only a deactivated key can retire.
    #[error("the key is {0}, and only a deactivated key can be retired")]
    NotDeactivated(KeyStateName),
    /// Only a key that others know can be set aside.
    #[error("the key is {0}, and only a published, active or deactivated key can be suspended")]
    NotSuspendable(KeyStateName),
    /// Only a suspended key can be resumed.
    #[error("the key is {0}, and only a suspended key can be resumed")]
    NotSuspended(KeyStateName),
    /// The last token it signed still lives (invariant I4).
    #[error("I4 retire after expiry: the last token this key signed lives until {0}")]
    TokensAlive(Timestamp),
    /// It is over already (invariant I10).
    #[error("the key is {0}, and nothing about it changes any more")]
    Over(KeyStateName),
}
