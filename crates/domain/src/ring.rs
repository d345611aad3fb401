//! The key ring: which key signs, when the next one may, and what a compromise does to all of them.

use std::time::Duration;

use crate::{
    audit::Change,
    key::{Generated, KeyError, KeyState, Kid, SigningKey},
    plan::Lifetime,
    text::Reason,
    time::Timestamp,
};

/// The times a ring keeps (keys-and-tokens section 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// L: how long a key is published before it may sign. At least the largest verifier cache, plus skew, plus a minute.
    pub publication_lead: Duration,
    /// K: the clock skew that is forgiven, by us and by the window rule. At most 120 s.
    pub leeway: Duration,
    /// T: the longest lifetime of any token the ring may sign.
    pub max_lifetime: Lifetime,
}

impl Timing {
    /// The times used unless the operator says otherwise: L 24 hours, K 30 seconds, T one year.
    pub const DEFAULT: Self = Self {
        publication_lead: Duration::from_secs(24 * 3600),
        leeway: Duration::from_secs(30),
        max_lifetime: Lifetime::LONGEST,
    };
}

/// All keys of one purpose and algorithm, those that are over included, oldest first.
#[derive(Clone, Debug)]
pub struct Ring {
    keys: Vec<SigningKey>,
    timing: Timing,
}

/// Why the ring does not move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// The standby has not been published long enough (invariant I2).
    #[error("I2 publish before sign: the standby key may sign from {0}")]
    NotReady(Timestamp),
    /// There is no standby to rotate to (invariant I3 was broken by hand).
    #[error("there is no standby key")]
    NoStandby,
    /// No key of that name is in the ring.
    #[error("no such key in the ring")]
    NoSuchKey,
    /// The key itself refuses.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Whether the publication lead may be cut short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Haste {
    /// No: the lead is kept.
    None,
    /// Yes, for this reason, which stands in the trail.
    Because(Reason),
}

impl Ring {
    /// The ring of these keys; order does not matter.
    #[must_use]
    pub fn of(mut keys: Vec<SigningKey>, timing: Timing) -> Self {
        keys.sort_by_key(|key| (key.generated(), key.id()));
        Self { keys, timing }
    }

    /// Lets the first key of a ring that has never signed begin to.
    ///
    /// # Errors
    /// `NoStandby` when the ring has no published key, `Key` when one signs already.
    pub fn start(&self, now: Timestamp) -> Result<Change<SigningKey>, RingError> {
        if let Some(active) = self.active() {
            return Err(KeyError::NotPublished(active.state().name()).into());
        }
        Ok(self
            .standby()
            .ok_or(RingError::NoStandby)?
            .clone()
            .activate(now)?)
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
        self.keys
            .iter()
            .find(|key| matches!(key.state(), KeyState::Published { .. }))
    }

    /// Every key of the ring, oldest first.
    #[must_use]
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// From when the standby may sign (invariant I2). The standby that was published together with the ring's first
    /// key may at once: no verifier can hold a set of this ring without it.
    #[must_use]
    pub fn ready_at(&self) -> Option<Timestamp> {
        let KeyState::Published { at, .. } = self.standby()?.state() else {
            return None;
        };
        let founded = self.keys.iter().all(|key| *at <= key.generated());
        Some(if founded {
            *at
        } else {
            at.plus(self.timing.publication_lead)
        })
    }

    /// Rotates: the standby signs from now on, the active key stops, and a fresh standby is published.
    ///
    /// # Errors
    /// `NotReady` before the lead has passed, unless in haste; `NoStandby`.
    pub fn rotate(
        &self,
        fresh: Generated,
        haste: Haste,
        now: Timestamp,
    ) -> Result<Vec<Change<SigningKey>>, RingError> {
        let ready = self.ready_at().ok_or(RingError::NoStandby)?;
        let reason = match haste {
            Haste::None if now < ready => return Err(RingError::NotReady(ready)),
            Haste::None => None,
            Haste::Because(reason) => Some(reason),
        };
        let mut changes = Vec::with_capacity(3);
        if let Some(active) = self.active() {
            changes.push(active.clone().deactivate(now)?);
        }
        let standby = self.standby().ok_or(RingError::NoStandby)?.clone();
        changes.push(standby.activate(now)?.because(reason));
        changes.push(SigningKey::publish(fresh, now));
        Ok(changes)
    }

    /// Declares a key compromised. When it was the one that signs, the standby takes over at once, lead or not; a
    /// standby that is compromised is replaced by the fresh key.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is over already.
    pub fn compromise(
        &self,
        kid: &Kid,
        fresh: Vec<Generated>,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Vec<Change<SigningKey>>, RingError> {
        let key = self
            .keys
            .iter()
            .find(|key| key.kid() == kid)
            .ok_or(RingError::NoSuchKey)?;
        let was_active = matches!(key.state(), KeyState::Active { .. });
        let was_standby = matches!(key.state(), KeyState::Published { .. });
        let mut changes = vec![key.clone().compromise(reason.clone(), now)?];
        if was_active {
            let standby = self.standby().ok_or(RingError::NoStandby)?.clone();
            changes.push(standby.activate(now)?.because(Some(reason)));
        }
        if was_active || was_standby {
            changes.extend(
                fresh
                    .into_iter()
                    .map(|fresh| SigningKey::publish(fresh, now)),
            );
        }
        Ok(changes)
    }

    /// The deactivated keys whose last token is dead, with the moment from which that is sure.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = &SigningKey> {
        self.keys
            .iter()
            .filter(move |key| self.retires_at(key).is_some_and(|safe| safe <= now))
    }

    /// From when a deactivated key may be retired: when its last token has been dead for the leeway, and no sooner than
    /// one leeway after it stopped signing.
    #[must_use]
    pub fn retires_at(&self, key: &SigningKey) -> Option<Timestamp> {
        let KeyState::Deactivated { at, .. } = key.state() else {
            return None;
        };
        let last = key.last_expiry().map_or(*at, |expiry| expiry.max(*at));
        Some(last.plus(self.timing.leeway))
    }
}
