//! Moves of key-encryption keys: make one known, let another seal, retire one that nothing needs. Each is one event or two in
//! one transaction; the secrets follow afterwards (`rewrap`).

use gatewright_custody::{HolderError, Kek};
use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    kek::{KekId, KekMoveError, KeyEncryptionKey, Needs, Rewrap},
    time::Timestamp,
};
use gatewright_store::{StoreError, Tx};

use crate::{KekError, Keys};

/// Why a key-encryption key does not move.
#[derive(Debug, thiserror::Error)]
pub enum KekUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules of such keys refuse.
    #[error(transparent)]
    Move(#[from] KekMoveError),
    /// It was never made known.
    #[error("there is no key-encryption key {0}; gatewright kek list shows those there are")]
    NoSuchKek(KekId),
    /// This process was not given it.
    #[error(
        "{id} is not given here; add its source to the setting `kek_others` of every server first (given: {given})"
    )]
    NotGiven {
        /// The key.
        id: KekId,
        /// Those there are.
        given: String,
    },
    /// It was made known before.
    #[error("{0} is known already")]
    Known(KekId),
    /// Who holds it does not use it, so nothing was changed.
    #[error("{id} did not pass its health check, so nothing was changed")]
    Unhealthy {
        /// The key.
        id: String,
        /// Why.
        #[source]
        cause: HolderError,
    },
    /// The key-encryption keys given are not those of the database.
    #[error(transparent)]
    Check(#[from] KekError),
    /// Somebody else moved them at the same moment.
    #[error("the key-encryption keys were changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the key-encryption keys could not be read or stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for KekUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale | StoreError::Taken { .. } => Self::Stale,
            other => Self::Store(other),
        }
    }
}

/// What a rotation of the key-encryption key did.
#[derive(Clone, Debug)]
pub struct KekRotated {
    /// The one that seals now.
    pub active: KekId,
    /// The one that sealed until now, if one did.
    pub superseded: Option<KekId>,
}

impl Keys {
    /// Makes a key-encryption key known, with its check value: it is fit, and it can be rotated to where it is given.
    ///
    /// # Errors
    /// `Denied`; `Unhealthy`; `Known`; `Check`.
    pub async fn add_kek(&self, caller: &Caller, kek: &Kek) -> Result<KekId, KekUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::AddKek, Subject::Installation);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let id = fit(kek).await?;
        let check = self.check_value(kek).await?;
        let (known, source) = (id.clone(), kek.source());
        self.store
            .write(permit, now, async move |tx| {
                if tx.keks().await?.iter().any(|one| one.id == known) {
                    return Err(KekUseError::Known(known));
                }
                tx.write(KeyEncryptionKey::add(known, source, check, now))
                    .await?;
                Ok(())
            })
            .await?;
        Ok(id)
    }

    /// Lets another key-encryption key seal, after it has passed its health check. What rests under others comes under it
    /// by `rewrap`, here or on any server; what is written meanwhile is sealed under it at once.
    ///
    /// # Errors
    /// `Denied`; `NotGiven`; `Unhealthy`; `Move` when it seals already or is retired; `Check`; `Stale`.
    pub async fn rotate_kek(
        &self,
        caller: &Caller,
        to: &KekId,
        rewrap: Rewrap,
    ) -> Result<KekRotated, KekUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::RotateKek, Subject::Installation);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let Some(kek) = self.kek.get(to.as_str()).cloned() else {
            let (id, given) = (to.clone(), self.kek.names());
            return Err(KekUseError::NotGiven { id, given });
        };
        let id = fit(&kek).await?;
        let (check, source) = (self.check_value(&kek).await?, kek.source());
        let rotated = self
            .store
            .write(permit, now, async move |tx| {
                let mut keks = tx.keks().await?;
                let target = keks.iter().position(|one| one.id == id);
                let target = match target {
                    Some(at) => keks.swap_remove(at),
                    None => {
                        let added = KeyEncryptionKey::add(id.clone(), source, check, now);
                        tx.write(added).await?
                    }
                };
                let activated = target.activate(rewrap, now)?;
                let superseded = stand_down(tx, keks, now).await?;
                let active = tx.write(activated).await?.id;
                Ok::<_, KekUseError>(KekRotated { active, superseded })
            })
            .await?;
        self.check_kek().await?;
        Ok(rotated)
    }

    /// Retires a key-encryption key: it opens nothing any more, on any server.
    ///
    /// # Errors
    /// `Denied`; `NoSuchKek`; `Move` while anything needs it, while it seals, or just after it did; `Stale`.
    pub async fn retire_kek(&self, caller: &Caller, id: &KekId) -> Result<(), KekUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::RetireKek, Subject::Installation);
        let permit = self.store.permit(caller, action, on, now).await?;
        let wanted = id.clone();
        self.store
            .write(permit, now, async move |tx| {
                let mut keks = tx.keks().await?.into_iter();
                let Some(kek) = keks.find(|one| one.id == wanted) else {
                    return Err(KekUseError::NoSuchKek(wanted));
                };
                let under = tx.sealed_under().await?;
                let needs = Needs {
                    rows: under.get(wanted.as_str()).copied().unwrap_or(0),
                    backups: Vec::new(),
                };
                tx.write(kek.retire(&needs, now)?).await?;
                Ok(())
            })
            .await?;
        self.kek.retire(id.as_str());
        Ok(())
    }
}

/// The name of a key that has passed its health check.
async fn fit(kek: &Kek) -> Result<KekId, KekUseError> {
    let unhealthy = |cause| KekUseError::Unhealthy {
        id: kek.id().to_owned(),
        cause,
    };
    kek.health().await.map_err(unhealthy)?;
    let named = kek.id().parse();
    named.map_err(|_| unhealthy(HolderError::Altered))
}

async fn stand_down(
    tx: &mut Tx<'_>,
    keks: Vec<KeyEncryptionKey>,
    now: Timestamp,
) -> Result<Option<KekId>, StoreError> {
    for kek in keks {
        if let Some(change) = kek.stand_down(now) {
            return Ok(Some(tx.write(change).await?.id));
        }
    }
    Ok(None)
}
