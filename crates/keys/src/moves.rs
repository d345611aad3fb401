//! The moves of a key that a person asks for: stage, publish, activate, suspend, resume, compromise, retire.
//!
//! Each is one transaction that holds the ring's row, so that at no moment two keys sign, or none.

use gatewright_domain::{
    access::{Action, Caller, Permit, Subject},
    key::{Kid, Listing, RingName, SigningKey},
    revision::Revision,
    ring::{Haste, Moves, Ring, RingError},
    text::Reason,
    time::Timestamp,
};
use gatewright_store::expect;

use crate::{
    Keys,
    ring::{Moved, RingUseError, write_all},
};

/// What declaring a key compromised did.
#[derive(Clone, Debug)]
pub struct Compromised {
    /// The key.
    pub key: SigningKey,
    /// The keys that were published or began to sign in its place, in that order of events.
    pub replaced_by: Vec<SigningKey>,
    /// The revision from which on gateways accept nothing it signed.
    pub revision: u64,
}

/// A key, and the revision at which its editor saw it, if they said which.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The key.
    pub kid: Kid,
    /// The revision.
    pub at: Option<Revision>,
}

impl From<Kid> for Seen {
    fn from(kid: Kid) -> Self {
        Self { kid, at: None }
    }
}

/// A move that is allowed to be tried: by whom is settled, the ring's rules judge it.
struct Asked {
    permit: Permit,
    ring: RingName,
    now: Timestamp,
}

impl Keys {
    async fn ask(&self, caller: &Caller, action: Action, kid: &Kid) -> Result<Asked, RingUseError> {
        let now = self.clock.now();
        let on = Subject::KeyRing;
        let permit = self.store.permit(caller, action, on, now).await?;
        let ring = self.ring_of(kid).await?;
        Ok(Asked { permit, ring, now })
    }

    /// Makes a key of a ring that nobody shall know yet.
    ///
    /// # Errors
    /// `Denied`; `NoSuchRing`.
    pub async fn stage(&self, caller: &Caller, ring: RingName) -> Result<Moved, RingUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::RotateKey, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let fresh = self.generate(ring, now).await?;
        self.move_ring(permit, (ring, now), move |ring| ring.stage(fresh, now))
            .await
    }

    /// Publishes a staged key: one more standby.
    ///
    /// # Errors
    /// `Denied`; `Ring`; `Stale`.
    pub async fn publish(&self, caller: &Caller, key: Seen) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, Action::RotateKey, &key.kid).await?;
        let now = asked.now;
        self.move_key(asked, key, move |ring, kid| ring.publish(kid, now))
            .await
    }

    /// Gives a staged key up.
    ///
    /// # Errors
    /// `Denied`; `Ring`; `Stale`.
    pub async fn discard(&self, caller: &Caller, key: Seen) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, Action::RotateKey, &key.kid).await?;
        let now = asked.now;
        self.move_key(asked, key, move |ring, kid| ring.discard(kid, now))
            .await
    }

    /// Lets a published key sign, once it has proved itself; the one that signed stops.
    ///
    /// # Errors
    /// `Denied`; `Ring`, with the earliest time before the lead has passed, unless in haste; `Prove`; `Stale`.
    pub async fn activate(
        &self,
        caller: &Caller,
        key: Seen,
        haste: Haste,
    ) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, Action::RotateKey, &key.kid).await?;
        self.check_kek().await?;
        let shown = self.read_ring(asked.ring).await?;
        let shown = shown.ok_or(RingUseError::NoSuchRing)?;
        let meant = shown.key(&key.kid)?;
        self.prove_for(meant).await?;
        let evidence = self.store.reader().evidence(meant.id()).await?;
        let fresh = self.generate(asked.ring, asked.now).await?;
        let now = asked.now;
        self.move_key(asked, key, move |ring, kid| {
            ring.activate(kid, fresh, haste, (&evidence, now))
        })
        .await
    }

    /// Sets a key aside: it signs nothing, and gateways accept nothing it signed. Another takes over at once.
    ///
    /// # Errors
    /// `Denied`; `Ring`; `Stale`.
    pub async fn suspend(
        &self,
        caller: &Caller,
        key: Seen,
        listing: Listing,
        reason: Reason,
    ) -> Result<Moved, RingUseError> {
        let action = Action::SuspendKey;
        self.suspend_as(caller, action, key, listing, reason).await
    }

    pub(crate) async fn suspend_as(
        &self,
        caller: &Caller,
        action: Action,
        key: Seen,
        listing: Listing,
        reason: Reason,
    ) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, action, &key.kid).await?;
        self.check_kek().await?;
        let (ring, now) = (asked.ring, asked.now);
        let fresh = self.generate_in_need(ring, &key.kid, now).await?;
        self.move_key(asked, key, move |ring, kid| {
            ring.suspend(kid, listing, &reason, (fresh, now))
        })
        .await
    }

    /// Lets a suspended key return to where it stood, once it has proved itself.
    ///
    /// # Errors
    /// `Denied`; `Ring`; `Prove`; `Stale`.
    pub async fn resume(
        &self,
        caller: &Caller,
        key: Seen,
        reason: Reason,
    ) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, Action::SuspendKey, &key.kid).await?;
        let now = asked.now;
        if let Some(shown) = self.read_ring(asked.ring).await? {
            self.prove_for(shown.key(&key.kid)?).await?;
        }
        self.move_key(asked, key, move |ring, kid| ring.resume(kid, &reason, now))
            .await
    }

    /// Retires a deactivated key whose last token is dead, before the timed job does.
    ///
    /// # Errors
    /// `Denied`; `Ring`, with the time when the last token it signed is dead (invariant I4); `Stale`.
    pub async fn retire(&self, caller: &Caller, key: Seen) -> Result<Moved, RingUseError> {
        let asked = self.ask(caller, Action::RotateKey, &key.kid).await?;
        let now = asked.now;
        self.move_key(asked, key, move |ring, kid| ring.retire(kid, now))
            .await
    }

    /// Declares a key compromised: from the next revision on nothing it signed is accepted. When it was the one that
    /// signs, the standby takes over at once, lead or not, and a fresh standby is published.
    ///
    /// # Errors
    /// `Denied`; `Ring` with `NoSuchKey`, or when the key is over already; `Stale`.
    pub async fn compromise(
        &self,
        caller: &Caller,
        kid: &Kid,
        reason: Reason,
    ) -> Result<Compromised, RingUseError> {
        let seen = Seen::from(kid.clone());
        self.compromise_seen(caller, seen, reason).await
    }

    /// The same, of a key that was seen at a revision.
    ///
    /// # Errors
    /// As `compromise`.
    pub async fn compromise_seen(
        &self,
        caller: &Caller,
        key: Seen,
        reason: Reason,
    ) -> Result<Compromised, RingUseError> {
        let asked = self.ask(caller, Action::CompromiseKey, &key.kid).await?;
        self.check_kek().await?;
        let (ring, now) = (asked.ring, asked.now);
        let fresh = self.generate_in_need(ring, &key.kid, now).await?;
        let moved = self
            .move_key(asked, key, move |ring, kid| {
                ring.compromise(kid, fresh, &reason, now)
            })
            .await?;
        let mut keys = moved.keys.into_iter();
        let key = keys.next().ok_or(RingUseError::Stale)?;
        Ok(Compromised {
            key,
            replaced_by: keys.collect(),
            revision: moved.revision,
        })
    }

    /// Has a key prove itself that may come to sign by a move. One that has no private half is for the ring's rules to judge.
    pub(crate) async fn prove_for(&self, key: &SigningKey) -> Result<(), RingUseError> {
        if key.state().private().is_none() {
            return Ok(());
        }
        self.prove(key).await.map_err(RingUseError::Prove)
    }

    async fn move_key(
        &self,
        asked: Asked,
        key: Seen,
        work: impl FnOnce(&Ring, &Kid) -> Result<Moves, RingError>,
    ) -> Result<Moved, RingUseError> {
        let Asked { permit, ring, now } = asked;
        let Seen { kid, at } = key;
        self.move_ring_if(permit, (ring, now), move |ring| {
            expect(ring.key(&kid)?, at)?;
            Ok(work(ring, &kid)?)
        })
        .await
    }

    /// Moves a ring by a pure rule, in one transaction that holds its row.
    pub(crate) async fn move_ring(
        &self,
        permit: Permit,
        at: (RingName, Timestamp),
        work: impl FnOnce(&Ring) -> Result<Moves, RingError>,
    ) -> Result<Moved, RingUseError> {
        self.move_ring_if(permit, at, |ring| Ok(work(ring)?)).await
    }

    /// The same, where more than the ring's rules may refuse.
    pub(crate) async fn move_ring_if(
        &self,
        permit: Permit,
        (name, now): (RingName, Timestamp),
        work: impl FnOnce(&Ring) -> Result<Moves, RingUseError>,
    ) -> Result<Moved, RingUseError> {
        let timing = self.config.timing;
        let (ring, keys) = self
            .store
            .write(permit, now, async move |tx| {
                let ring = Ring::of(tx.ring(name).await?, tx.keys().await?, timing);
                let moves = work(&ring)?;
                let after = ring.after(&moves);
                // Its times may be among what moved.
                let after = Ring::of(after.record().clone(), after.keys().to_vec(), timing);
                Ok::<_, RingUseError>((after, write_all(tx, moves).await?))
            })
            .await?;
        self.forget_keys();
        let revision = self.revision().await;
        Ok(Moved {
            ring,
            keys,
            revision,
        })
    }
}
