//! Rotation: the next key signs, when its time has come and everybody can know it.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Subject},
    key::{KeyState, Purpose, RingName, SigningKey},
    ring::{Evidence, Haste, Ring, RingError},
};
use gatewright_store::{StoreError, expect};

use crate::{
    Keys,
    ring::{Moved, RingUseError, write_all},
    ring_moves::RingSeen,
};

/// What a rotation did.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The key that signs now.
    pub active: SigningKey,
    /// The one that signed until now, its private part erased; nothing if none did.
    pub deactivated: Option<SigningKey>,
    /// The new standby.
    pub standby: SigningKey,
    /// The revision from which on gateways know it.
    pub revision: u64,
}

/// What became of a ring whose time was over.
#[derive(Clone, Debug)]
pub enum Turn {
    /// The next key signs.
    Rotated(RingName),
    /// It waits; this is the first time that it was found waiting.
    Held(RingName, RingError),
}

/// Who may rotate while several servers could. A server that dies is followed after so long.
const LEASE: Duration = Duration::from_secs(120);

impl Keys {
    /// Rotates the ring that signs access tokens unless another was chosen: see `rotate_ring`.
    ///
    /// # Errors
    /// As `rotate_ring`.
    pub async fn rotate(&self, caller: &Caller, haste: Haste) -> Result<Rotated, RingUseError> {
        let algorithm = self.config.token_algorithm;
        let purpose = Purpose::Access;
        let ring = RingName { purpose, algorithm };
        self.rotate_ring(caller, ring.into(), haste).await
    }

    /// Rotates: the standby signs, the active key stops and loses its private part, a fresh standby is published.
    ///
    /// # Errors
    /// `Denied`; `NoSuchRing`; `Ring` with `NotReady` before the publication lead has passed and with `Held` while
    /// somebody does not know the standby, unless in haste; `Prove` when the standby does not sign; `Stale` when the ring is
    /// not as it was seen, or somebody else rotated at the same moment.
    pub async fn rotate_ring(
        &self,
        caller: &Caller,
        ring: RingSeen,
        haste: Haste,
    ) -> Result<Rotated, RingUseError> {
        let moved = self
            .turn_over(caller, (Action::RotateKey, ring), haste)
            .await?;
        let active = moved.ring.active().ok_or(RingUseError::Stale)?.clone();
        let of = |state: fn(&KeyState) -> bool| {
            let mut keys = moved.keys.iter().rev();
            keys.find(|key| state(key.state())).cloned()
        };
        Ok(Rotated {
            active,
            deactivated: of(|state| matches!(state, KeyState::Deactivated { .. })),
            standby: of(|state| matches!(state, KeyState::Published { .. }))
                .ok_or(RingUseError::Stale)?,
            revision: moved.revision,
        })
    }

    async fn turn_over(
        &self,
        caller: &Caller,
        (action, ring): (Action, RingSeen),
        haste: Haste,
    ) -> Result<Moved, RingUseError> {
        let now = self.clock.now();
        let on = Subject::KeyRing;
        let RingSeen { name, at } = ring;
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let shown = self
            .read_ring(name)
            .await?
            .ok_or(RingUseError::NoSuchRing)?;
        expect(shown.record(), at)?;
        let evidence = self.evidence(&shown).await?;
        // Refused before a key is made in vain; judged again inside the transaction.
        if let (Haste::None, Some(ready)) = (&haste, shown.ready_at())
            && now < ready
        {
            return Err(RingError::NotReady(ready).into());
        }
        if let Some(standby) = shown.standby() {
            self.prove_for(standby).await?;
        }
        let fresh = self.generate(name, now).await?;
        self.move_ring_if(permit, (name, now), move |ring| {
            expect(ring.record(), at)?;
            Ok(ring.rotate(fresh, haste, &evidence, now)?)
        })
        .await
    }

    /// What is known of who has learnt a ring's standby.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn evidence(&self, ring: &Ring) -> Result<Evidence, StoreError> {
        match ring.standby() {
            Some(standby) => self.store.reader().evidence(standby.id()).await,
            None => Ok(Evidence::default()),
        }
    }

    /// Rotates the rings whose time is over, on one server at a time, and says what became of each; those that wait and
    /// were found waiting before are not named again. For a timed job.
    ///
    /// # Errors
    /// `Denied` to all but the server; `Stale` when another server did it at the same moment.
    pub async fn rotate_due(
        &self,
        caller: &Caller,
        server: &str,
    ) -> Result<Vec<Turn>, RingUseError> {
        let now = self.clock.now();
        let rings = self.read_rings().await?;
        let due: Vec<&Ring> = rings.iter().filter(|ring| ring.is_due(now)).collect();
        if due.is_empty() {
            return Ok(Vec::new());
        }
        // The lease keeps other servers from making keys in vain. That a ring turns once does not rest on it, but on
        // the ring's row, which only one of them can write (invariant I11).
        let until = now.plus(LEASE);
        if !self
            .store
            .take_lease("rotation", server, (now, until))
            .await?
        {
            return Ok(Vec::new());
        }
        let mut turns = Vec::new();
        for ring in due {
            let name = ring.name();
            let turned = self
                .turn_over(caller, (Action::Operate, name.into()), Haste::None)
                .await;
            match turned {
                Ok(_) => turns.push(Turn::Rotated(name)),
                Err(RingUseError::Ring(
                    error @ (RingError::Held(_) | RingError::NotReady(_) | RingError::NoStandby),
                )) => {
                    if self.hold(caller, name).await? {
                        turns.push(Turn::Held(name, error));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(turns)
    }

    /// Notes that a rotation waits; says whether that is news.
    async fn hold(&self, caller: &Caller, name: RingName) -> Result<bool, RingUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::Operate, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let Some(change) = tx.ring(name).await?.hold(now) else {
                    return Ok(false);
                };
                tx.write(change).await?;
                Ok(true)
            })
            .await
    }

    /// Retires the deactivated keys whose last token has died. For a timed job; does nothing when none is due.
    ///
    /// # Errors
    /// `Denied` to all but the server; `Stale` when another server did it at the same moment.
    pub async fn retire_due(&self, caller: &Caller) -> Result<Vec<SigningKey>, RingUseError> {
        let now = self.clock.now();
        let rings = self.read_rings().await?;
        if rings.iter().all(|ring| ring.due(now).next().is_none()) {
            return Ok(Vec::new());
        }
        let (action, on) = (Action::Operate, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        let timing = self.config.timing;
        let names = rings.iter().map(Ring::name).collect::<Vec<_>>();
        self.store
            .write(permit, now, async move |tx| {
                let mut retired = Vec::new();
                for name in names {
                    let ring = Ring::of(tx.ring(name).await?, tx.keys().await?, timing);
                    for key in ring.due(now) {
                        retired.extend(write_all(tx, ring.retire(key.kid(), now)?).await?);
                    }
                }
                Ok(retired)
            })
            .await
    }
}
