//! A key ring: all keys of one purpose and algorithm, of which one signs, and what each move does to all of them.
//!
//! Invariant: every move is a pure function of the ring, what happened and the time. It says which keys change, or which
//! of the invariants of keys-and-tokens section 1.4 is in the way, and never fails in any other manner.

mod evidence;
mod fault;
mod moves;
mod record;
mod timing;
mod work;

use std::time::Duration;

use crate::{
    key::{KeyState, Kid, RingName, SigningKey},
    text::Reason,
    time::Timestamp,
};

pub use evidence::{Evidence, Held};
pub use fault::RingError;
pub use moves::Moves;
pub use record::{KeyRing, KeyRingParts, Outlived, Standing};
pub use timing::{Bounds, OwnTimes, Timing, TimingError};

/// All keys of one purpose and algorithm, those that are over included, oldest first.
#[derive(Clone, Debug)]
pub struct Ring {
    record: KeyRing,
    keys: Vec<SigningKey>,
    timing: Timing,
}

/// Whether the publication lead may be cut short, and missing evidence be overlooked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Haste {
    /// No: the lead is kept.
    None,
    /// Yes, for this reason, which stands in the trail.
    Because(Reason),
}

impl Ring {
    /// The ring of this record: of the keys, those that are its own, in whatever order they come. What the record leaves
    /// open is as the installation's times say.
    #[must_use]
    pub fn of(record: KeyRing, mut keys: Vec<SigningKey>, installation: Timing) -> Self {
        keys.retain(|key| key.ring() == record.name());
        keys.sort_by_key(|key| (key.generated(), key.id()));
        let timing = record.timing(installation);
        Self {
            record,
            keys,
            timing,
        }
    }

    /// Which ring it is.
    #[must_use]
    pub fn name(&self) -> RingName {
        self.record.name()
    }

    /// What is kept of it beside its keys.
    #[must_use]
    pub fn record(&self) -> &KeyRing {
        &self.record
    }

    /// The times it keeps.
    #[must_use]
    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// The key that signs.
    #[must_use]
    pub fn active(&self) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|key| matches!(key.state(), KeyState::Active { .. }))
    }

    /// The key that signs next: the one published longest.
    #[must_use]
    pub fn standby(&self) -> Option<&SigningKey> {
        let published = |key: &&SigningKey| matches!(key.state(), KeyState::Published { .. });
        let standing_by = self.keys.iter().filter(published);
        standing_by.min_by_key(|key| (key.state().published(), key.generated(), key.id()))
    }

    /// Every key of the ring, oldest first.
    #[must_use]
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The key of this name.
    ///
    /// # Errors
    /// `NoSuchKey`.
    pub fn key(&self, kid: &Kid) -> Result<&SigningKey, RingError> {
        let found = self.keys.iter().find(|key| key.kid() == kid);
        found.ok_or(RingError::NoSuchKey)
    }

    /// From when the standby may sign (invariant I2).
    #[must_use]
    pub fn ready_at(&self) -> Option<Timestamp> {
        self.may_sign_from(self.standby()?)
    }

    /// From when a published key may sign (invariant I2): when it has been published for the lead. One that was
    /// published when the ring was formed may at once: no verifier can hold a set of this ring without it.
    #[must_use]
    pub fn may_sign_from(&self, key: &SigningKey) -> Option<Timestamp> {
        let KeyState::Published { at, .. } = key.state() else {
            return None;
        };
        let lead = if self.is_founder(key) {
            Duration::ZERO
        } else {
            self.timing.publication_lead
        };
        Some(at.plus(lead))
    }

    /// Whether a key has been published for as long as the ring is there.
    #[must_use]
    pub fn is_founder(&self, key: &SigningKey) -> bool {
        key.state()
            .published()
            .is_some_and(|at| at <= self.record.formed())
    }

    /// Whether its time is over and another key is to sign.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.record.standing() == Standing::Enabled && self.record.rotates() <= now
    }

    /// The deactivated keys whose last token is surely dead.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        self.keys
            .iter()
            .filter(move |key| self.retires_at(key).is_some_and(|safe| safe <= now))
    }

    /// From when a deactivated key may be retired (invariant I4).
    #[must_use]
    pub fn retires_at(&self, key: &SigningKey) -> Option<Timestamp> {
        key.retires_at(self.timing.leeway)
    }
}
