//! Moves of the ring: rotate, compromise, retire. Each is one transaction, so that at no moment two keys sign, or none.

use gatewright_domain::{
    access::{Action, Caller, Subject},
    audit::Change,
    key::{KeyState, Kid, SigningKey},
    ring::{Haste, Ring, RingError},
    text::Reason,
};
use gatewright_store::{StoreError, Tx};

use crate::{Keys, ring::RingUseError};

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

impl Keys {
    /// Rotates: the standby signs, the active key stops and loses its private part, a fresh standby is published.
    ///
    /// # Errors
    /// `Denied`; `Ring` with `NotReady` before the publication lead has passed, unless in haste; `Stale` when somebody
    /// else rotated at the same moment.
    pub async fn rotate(&self, caller: &Caller, haste: Haste) -> Result<Rotated, RingUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::RotateKey, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let fresh = self.generate(now).await?;
        let timing = self.config.timing;
        let moved = self
            .store
            .write(permit, now, async move |tx| {
                let ring = Ring::of(tx.keys().await?, timing);
                Ok::<_, RingUseError>(write_all(tx, ring.rotate(fresh, haste, now)?).await?)
            })
            .await?;
        self.signer.forget();
        let revision = self.revision().await;
        let (mut active, mut deactivated, mut standby) = (None, None, None);
        for key in moved {
            match key.state() {
                KeyState::Active { .. } => active = Some(key),
                KeyState::Published { .. } => standby = Some(key),
                KeyState::Deactivated { .. } => deactivated = Some(key),
                KeyState::Retired { .. } | KeyState::Compromised { .. } => {}
            }
        }
        match (active, standby) {
            (Some(active), Some(standby)) => Ok(Rotated {
                active,
                deactivated,
                standby,
                revision,
            }),
            _ => Err(RingUseError::Stale),
        }
    }
}

impl Keys {
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
        let now = self.clock.now();
        let (action, on) = (Action::CompromiseKey, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let (spare, fresh) = (self.generate(now).await?, self.generate(now).await?);
        let timing = self.config.timing;
        let (key, replaced_by) = self
            .store
            .write(permit, now, async move |tx| {
                let mut ring = Ring::of(tx.keys().await?, timing);
                let mut replaced_by = Vec::new();
                if ring.standby().is_none() {
                    // Without anybody to take over, the key set would be left empty.
                    replaced_by.push(tx.write(SigningKey::publish(spare, now)).await?);
                    ring = Ring::of(tx.keys().await?, timing);
                }
                let changes = ring.compromise(kid, vec![fresh], reason, now)?;
                let mut moved = write_all(tx, changes).await?.into_iter();
                let key = moved.next().ok_or(RingUseError::Stale)?;
                replaced_by.extend(moved);
                Ok::<_, RingUseError>((key, replaced_by))
            })
            .await?;
        self.signer.forget();
        let revision = self.revision().await;
        Ok(Compromised {
            key,
            replaced_by,
            revision,
        })
    }

    /// Retires the deactivated keys whose last token has died. For a timed job; does nothing when none is due.
    ///
    /// # Errors
    /// `Denied` to all but the server; `Stale` when another server did it at the same moment.
    pub async fn retire_due(&self, caller: &Caller) -> Result<Vec<SigningKey>, RingUseError> {
        let now = self.clock.now();
        let timing = self.config.timing;
        let shown = Ring::of(self.store.reader().signing_keys().await?, timing);
        if shown.due(now).next().is_none() {
            return Ok(Vec::new());
        }
        let (action, on) = (Action::Operate, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let ring = Ring::of(tx.keys().await?, timing);
                let due = ring.due(now).cloned();
                let changes: Result<_, _> = due.map(|key| key.retire(timing.leeway, now)).collect();
                Ok(write_all(tx, changes.map_err(RingError::from)?).await?)
            })
            .await
    }
}

async fn write_all(
    tx: &mut Tx<'_>,
    changes: Vec<Change<SigningKey>>,
) -> Result<Vec<SigningKey>, StoreError> {
    let mut moved = Vec::with_capacity(changes.len());
    for change in changes {
        moved.push(tx.write(change).await?);
    }
    Ok(moved)
}
