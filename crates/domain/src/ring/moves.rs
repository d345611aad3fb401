//! The moves of a ring. Each is one transaction, so that at no moment two keys sign, or none.

use crate::{
    audit::Change,
    key::{Before, Generated, KeyError, KeyState, Kid, Listing, RingName, SigningKey},
    ring::{
        Evidence, Haste, KeyRing, Ring, RingError, Standing, Timing,
        work::{Work, stored},
    },
    text::Reason,
    time::Timestamp,
};

/// What a move changes, in the order in which it must be written.
#[derive(Debug, Default)]
#[must_use = "moves that are not written have not happened"]
pub struct Moves {
    /// The ring's own row, when it changes.
    pub ring: Option<Change<KeyRing>>,
    /// The keys that change; one may change twice.
    pub keys: Vec<Change<SigningKey>>,
}

impl Ring {
    /// Forms a ring of two keys, of which the first signs at once and the second stands by.
    ///
    /// # Errors
    /// `OtherRing` when a key is not of that ring.
    pub fn form(
        name: RingName,
        installation: Timing,
        [first, standby]: [Generated; 2],
        now: Timestamp,
    ) -> Result<Moves, RingError> {
        let formed = KeyRing::form(name, installation, now);
        let bare = Self::of(stored(&formed), Vec::new(), installation);
        let mut work = Work::on(&bare, vec![first, standby], now)?;
        let kid = work.publish_fresh().ok_or(RingError::NoStandby)?;
        work.publish_fresh();
        work.start(&kid, None)?;
        let ring = Some(formed);
        Ok(Moves {
            ring,
            ..work.done()
        })
    }

    /// Makes a ring whole again that lost a key by hand: one signs, one stands by.
    ///
    /// # Errors
    /// `NoStandby` without enough fresh keys.
    pub fn mend(&self, fresh: Vec<Generated>, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, fresh, now)?;
        if self.record.standing() == Standing::Enabled && self.active().is_none() {
            work.succeed(None)?;
        }
        work.keep_warm();
        Ok(work.done())
    }

    /// Whether `mend` has anything to do.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let signs = self.active().is_some() || self.record.standing() == Standing::Disabled;
        signs && self.standby().is_some()
    }

    /// Rotates: the standby signs from now on, the active key stops, and a fresh standby is published.
    ///
    /// # Errors
    /// `NotReady` before the lead has passed and `Held` without evidence, unless in haste; `NoStandby`; `Disabled`.
    pub fn rotate(
        &self,
        fresh: Generated,
        haste: Haste,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<Moves, RingError> {
        let standby = self.standby().ok_or(RingError::NoStandby)?.kid().clone();
        let mut work = self.hand_over(&standby, vec![fresh], haste, (evidence, now))?;
        work.publish_fresh();
        Ok(work.done())
    }

    /// Lets a published key sign from now on; the one that signed stops. Publishes the fresh key when nobody stands by.
    ///
    /// # Errors
    /// Those of `rotate`; `NoSuchKey`; `Key` when it is not published.
    pub fn activate(
        &self,
        kid: &Kid,
        fresh: Generated,
        haste: Haste,
        known: (&Evidence, Timestamp),
    ) -> Result<Moves, RingError> {
        let mut work = self.hand_over(kid, vec![fresh], haste, known)?;
        work.keep_warm();
        Ok(work.done())
    }

    /// Whether the ring may rotate now without haste: what is asked before a button is pressed, and judged again then.
    ///
    /// # Errors
    /// `NoStandby`, and those of `may_take_over`.
    pub fn may_rotate(&self, evidence: &Evidence, now: Timestamp) -> Result<(), RingError> {
        let standby = self.standby().ok_or(RingError::NoStandby)?;
        self.may_take_over(standby.kid(), evidence, now)
    }

    /// Whether a key may begin to sign now without haste: what is asked before a button is pressed, and judged again then.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is not published; `Disabled`; `NotReady`, with the earliest time; `Held`, with who is
    /// missing.
    pub fn may_take_over(
        &self,
        kid: &Kid,
        evidence: &Evidence,
        now: Timestamp,
    ) -> Result<(), RingError> {
        let (key, ready) = self.published(kid)?;
        if now < ready {
            return Err(RingError::NotReady(ready));
        }
        // Whoever knows the ring at all knows a key that was there from the first.
        if self.is_founder(key) {
            return Ok(());
        }
        evidence.suffices()
    }

    /// A key that could begin to sign, and from when it may.
    fn published(&self, kid: &Kid) -> Result<(&SigningKey, Timestamp), RingError> {
        if self.record.standing() == Standing::Disabled {
            return Err(RingError::Disabled(self.name()));
        }
        let key = self.key(kid)?;
        let ready = self.may_sign_from(key);
        let ready = ready.ok_or_else(|| KeyError::NotPublished(key.state().name()))?;
        Ok((key, ready))
    }

    fn hand_over(
        &self,
        kid: &Kid,
        fresh: Vec<Generated>,
        haste: Haste,
        (evidence, now): (&Evidence, Timestamp),
    ) -> Result<Work, RingError> {
        let reason = match haste {
            Haste::Because(reason) => {
                self.published(kid)?;
                Some(reason)
            }
            Haste::None => {
                self.may_take_over(kid, evidence, now)?;
                None
            }
        };
        let mut work = Work::on(self, fresh, now)?;
        work.stop()?;
        work.start(kid, reason.clone())?;
        work.turn(reason);
        Ok(work)
    }

    /// Keeps a fresh key that nobody shall know yet.
    ///
    /// # Errors
    /// `OtherRing`.
    pub fn stage(&self, fresh: Generated, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, vec![], now)?;
        if fresh.ring != self.name() {
            let (ring, given) = (self.name(), fresh.ring);
            return Err(RingError::OtherRing { ring, given });
        }
        work.step(SigningKey::stage(fresh, now));
        Ok(work.done())
    }

    /// Publishes a staged key: one more standby.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is not staged.
    pub fn publish(&self, kid: &Kid, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, vec![], now)?;
        work.step(self.key(kid)?.clone().unveil(now)?);
        Ok(work.done())
    }

    /// Gives a staged key up.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is not staged.
    pub fn discard(&self, kid: &Kid, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, vec![], now)?;
        work.step(self.key(kid)?.clone().discard(now)?);
        Ok(work.done())
    }

    /// Sets a key aside. When it was the one that signs, another takes over at once.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it cannot be; `NoStandby` without enough fresh keys.
    pub fn suspend(
        &self,
        kid: &Kid,
        listing: Listing,
        reason: &Reason,
        (fresh, now): (Vec<Generated>, Timestamp),
    ) -> Result<Moves, RingError> {
        let key = self.key(kid)?.clone();
        let mut work = Work::on(self, fresh, now)?;
        let signed = matches!(key.state(), KeyState::Active { .. });
        work.step(key.suspend(listing, reason.clone(), now)?);
        if signed {
            work.succeed(Some(reason.clone()))?;
        }
        work.keep_warm();
        Ok(work.done())
    }

    /// Lets a suspended key return to where it stood. One that signed signs again, and the one that signed meanwhile
    /// stops: its tokens stay good.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is not suspended; `Disabled` when it would sign in a ring that does not.
    pub fn resume(&self, kid: &Kid, reason: &Reason, now: Timestamp) -> Result<Moves, RingError> {
        let key = self.key(kid)?.clone();
        let mut work = Work::on(self, vec![], now)?;
        let signs = matches!(
            key.state(),
            KeyState::Suspended {
                was: Before::Active { .. },
                ..
            }
        );
        if signs {
            if self.record.standing() == Standing::Disabled {
                return Err(RingError::Disabled(self.name()));
            }
            work.stop()?;
        }
        work.step(key.resume(reason.clone())?);
        if signs {
            work.turn(Some(reason.clone()));
        }
        Ok(work.done())
    }

    /// Declares a key compromised. When it was the one that signs, another takes over at once, lead or not; the key set
    /// is never left without one (invariant I7).
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is over already; `NoStandby` without enough fresh keys.
    pub fn compromise(
        &self,
        kid: &Kid,
        fresh: Vec<Generated>,
        reason: &Reason,
        now: Timestamp,
    ) -> Result<Moves, RingError> {
        let key = self.key(kid)?.clone();
        let mut work = Work::on(self, fresh, now)?;
        let signed = matches!(key.state(), KeyState::Active { .. });
        work.step(key.compromise(reason.clone(), now)?);
        if signed {
            work.succeed(Some(reason.clone()))?;
        }
        work.keep_warm();
        Ok(work.done())
    }

    /// Retires a deactivated key whose last token is dead.
    ///
    /// # Errors
    /// `NoSuchKey`; `Key` when it is not deactivated, or a token may live (invariant I4).
    pub fn retire(&self, kid: &Kid, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, vec![], now)?;
        let leeway = self.timing.leeway;
        work.step(self.key(kid)?.clone().retire(leeway, now)?);
        Ok(work.done())
    }

    /// Lets the ring sign no more. What it signed lives on.
    ///
    /// # Errors
    /// `Disabled` when it does not sign.
    pub fn disable(&self, reason: Reason, now: Timestamp) -> Result<Moves, RingError> {
        let mut work = Work::on(self, vec![], now)?;
        work.record(
            self.record
                .clone()
                .stand(Standing::Disabled, Some(reason))?,
        );
        work.stop()?;
        Ok(work.done())
    }

    /// Lets the ring sign again, with its standby.
    ///
    /// # Errors
    /// `Enabled`; `NoStandby`; `NotReady` until the standby has been published long enough.
    pub fn enable(
        &self,
        fresh: Generated,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Moves, RingError> {
        let standby = self.standby().ok_or(RingError::NoStandby)?.kid().clone();
        let ready = self.ready_at().ok_or(RingError::NoStandby)?;
        let mut work = Work::on(self, vec![fresh], now)?;
        work.record(self.record.clone().stand(Standing::Enabled, Some(reason))?);
        if now < ready {
            return Err(RingError::NotReady(ready));
        }
        work.start(&standby, None)?;
        work.keep_warm();
        Ok(work.done())
    }
}
