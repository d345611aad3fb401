//! The moves of one key. Which key may move, and when, is the ring's to judge; here stands from where to where.

use std::time::Duration;

use crate::{
    audit::{Change, Kind},
    key::{Before, Generated, KeyError, KeyState, KeyStateName, Listing, SigningKey},
    revision::Revision,
    revocation::Revocation,
    text::Reason,
    time::Timestamp,
};

/// How a key comes to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// In its turn.
    InTurn,
    /// Because nobody else was there who had been published for long enough (invariant I2).
    Emergency,
}

impl SigningKey {
    /// Keeps a fresh key that nobody shall know yet.
    pub(crate) fn stage(generated: Generated, now: Timestamp) -> Change<Self> {
        let private = generated.private.clone();
        let key = Self::fresh(generated, KeyState::Staged { private }, now);
        Change::first(Kind::KeyStaged, key)
    }

    /// Publishes a fresh key: from now on verifiers can learn it.
    pub fn publish(generated: Generated, now: Timestamp) -> Change<Self> {
        let (at, private) = (now, generated.private.clone());
        let key = Self::fresh(generated, KeyState::Published { at, private }, now);
        Change::first(Kind::KeyPublished, key)
    }

    fn fresh(generated: Generated, state: KeyState, now: Timestamp) -> Self {
        let Generated {
            id,
            kid,
            ring,
            public_jwk,
            private,
        } = generated;
        Self {
            id,
            kid,
            ring,
            public_jwk,
            provider: private.provider(),
            state,
            generated: now,
            last_expiry: None,
            revision: Revision::NEW,
        }
    }

    /// Publishes a staged key.
    pub(crate) fn unveil(self, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Staged { private } = self.state.clone() else {
            return Err(KeyError::NotStaged(self.state.name()));
        };
        let state = KeyState::Published { at: now, private };
        Ok(self.go(Kind::KeyPublished, state))
    }

    /// Gives a staged key up; its private part is erased.
    pub(crate) fn discard(self, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Staged { .. } = self.state else {
            return Err(KeyError::NotStaged(self.state.name()));
        };
        Ok(self.go(Kind::KeyDiscarded, KeyState::Retired { at: now }))
    }

    /// Begins to sign. Whether it was published long enough is the ring's to judge.
    pub(crate) fn activate(self, entry: Entry, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Published {
            at: published,
            private,
        } = self.state.clone()
        else {
            return Err(KeyError::NotPublished(self.state.name()));
        };
        let kind = match entry {
            Entry::InTurn => Kind::KeyActivated,
            Entry::Emergency => Kind::KeyActivatedInEmergency,
        };
        let state = KeyState::Active {
            published,
            at: now,
            private,
        };
        Ok(self.go(kind, state))
    }

    /// Stops signing; the private key is erased by the same write (invariant I12).
    pub(crate) fn deactivate(self, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let KeyState::Active {
            published,
            at: activated,
            ..
        } = self.state
        else {
            return Err(KeyError::NotActive(self.state.name()));
        };
        let state = KeyState::Deactivated {
            published,
            activated,
            at: now,
        };
        Ok(self.go(Kind::KeyDeactivated, state))
    }

    /// Sets it aside.
    pub(crate) fn suspend(
        self,
        listing: Listing,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Change<Self>, KeyError> {
        let was = match self.state.clone() {
            KeyState::Published { at, private } => Before::Published { at, private },
            KeyState::Active {
                published,
                at,
                private,
            } => Before::Active {
                published,
                at,
                private,
            },
            KeyState::Deactivated {
                published,
                activated,
                at,
            } => Before::Deactivated {
                published,
                activated,
                at,
            },
            other @ (KeyState::Staged { .. }
            | KeyState::Suspended { .. }
            | KeyState::Retired { .. }
            | KeyState::Compromised { .. }) => {
                return Err(KeyError::NotSuspendable(other.name()));
            }
        };
        let state = KeyState::Suspended {
            at: now,
            listing,
            was,
        };
        Ok(self.go(Kind::KeySuspended, state).because(Some(reason)))
    }

    /// Returns to where it stood.
    pub(crate) fn resume(self, reason: Reason) -> Result<Change<Self>, KeyError> {
        let KeyState::Suspended { was, .. } = self.state.clone() else {
            return Err(KeyError::NotSuspended(self.state.name()));
        };
        let change = self.go(Kind::KeyResumed, was.into());
        Ok(change.because(Some(reason)))
    }

    /// From when it may retire: when its last token has been dead for the leeway, and no sooner than one leeway after it
    /// stopped signing. Nothing for a key that has not stopped.
    #[must_use]
    pub fn retires_at(&self, leeway: Duration) -> Option<Timestamp> {
        let KeyState::Deactivated { at, .. } = self.state else {
            return None;
        };
        let last = self.last_expiry.map_or(at, |expiry| expiry.max(at));
        Some(last.plus(leeway))
    }

    /// Leaves the key set, when nothing it signed can live any more (invariant I4).
    pub(crate) fn retire(self, leeway: Duration, now: Timestamp) -> Result<Change<Self>, KeyError> {
        let Some(safe) = self.retires_at(leeway) else {
            return Err(KeyError::NotDeactivated(self.state.name()));
        };
        if now < safe {
            return Err(KeyError::TokensAlive(safe));
        }
        Ok(self.go(Kind::KeyRetired, KeyState::Retired { at: now }))
    }

    /// Declares it compromised: nothing it signed is accepted from now on.
    pub(crate) fn compromise(
        self,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Change<Self>, KeyError> {
        match self.state.name() {
            over @ (KeyStateName::Retired | KeyStateName::Compromised) => Err(KeyError::Over(over)),
            KeyStateName::Staged
            | KeyStateName::Published
            | KeyStateName::Active
            | KeyStateName::Deactivated
            | KeyStateName::Suspended => {
                let state = KeyState::Compromised { at: now };
                let revocation = Revocation::of_key(&self.kid);
                let change = self.go(Kind::KeyCompromised, state).because(Some(reason));
                Ok(change.revoking(revocation))
            }
        }
    }

    fn go(self, kind: Kind, state: KeyState) -> Change<Self> {
        Change::step(kind, self, |key| Self { state, ..key })
    }
}
