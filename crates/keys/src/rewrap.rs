//! Secrets come under the active key-encryption key, a hundred at a time. May be stopped at any moment and go on on any server:
//! each row is exchanged by itself, and only if it still is what was read.

use std::collections::BTreeMap;

use gatewright_custody::{HolderError, Place, SealError};
use gatewright_domain::kek::{KekState, Rewrap};
use gatewright_store::{
    StoreError,
    quiet::rewraps::{SealedAt, SealedRow},
};

use crate::{KekError, Keys, secrets, signer};

/// How many rows are read at once.
const BATCH: u64 = 100;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// The key-encryption key that secrets come under.
    pub active: String,
    /// How many came under it.
    pub moved: u64,
    /// How many were written by somebody else meanwhile; they are met again in the next pass.
    pub met: u64,
    /// Rows that do not open, each with why. They stay as they are.
    pub stuck: Vec<(String, SealError)>,
}

/// Why secrets do not come under the active key now.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// Who holds one of the keys does not use it; nothing is lost, and the next pass goes on.
    #[error("the key-encryption key {kek} does not answer, so the rewrap waits")]
    Holder {
        /// Which one.
        kek: String,
        /// Why.
        #[source]
        cause: HolderError,
    },
    /// The key-encryption keys given are not those of the database.
    #[error(transparent)]
    Check(#[from] KekError),
    /// The store failed.
    #[error("the sealed secrets could not be read or stored")]
    Store(#[from] StoreError),
}

impl Keys {
    /// One pass over every secret that rests under another key than the active one. Tells how far it is after each batch.
    ///
    /// # Errors
    /// `Check`; `Holder`; `Store`. What was moved until then stays moved.
    pub async fn rewrap(&self, mut tell: impl FnMut(&Rewrapped)) -> Result<Rewrapped, RewrapError> {
        self.check_kek().await?;
        let how = self.rewraps_by().await?;
        let active = self.kek.active().id().to_owned();
        let installation = self.installation().await?;
        let mut done = Rewrapped {
            active: active.clone(),
            ..Rewrapped::default()
        };
        let mut after: Option<SealedAt> = None;
        loop {
            let rows = self.store.sealed_elsewhere(&active, after.as_ref(), BATCH);
            let rows = rows.await?;
            let Some(last) = rows.last() else {
                return Ok(done);
            };
            after = Some(last.at.clone());
            for row in rows {
                self.move_one(&installation, &row, how, &mut done).await?;
            }
            tell(&done);
        }
    }

    async fn move_one(
        &self,
        installation: &str,
        row: &SealedRow,
        how: Rewrap,
        done: &mut Rewrapped,
    ) -> Result<(), RewrapError> {
        let key;
        let place: Place<'_> = match &row.at {
            SealedAt::SigningKey { id, kid, ring, .. } => {
                key = id.to_string();
                signer::place(installation, &key, kid, *ring)
            }
            SealedAt::Secret { name } => secrets::place(installation, name),
        };
        let moved = self.kek.rewrap(&place, &row.sealed, how, &*self.entropy);
        match moved.await {
            Ok(sealed) => match self.store.swap_sealed(row, sealed).await {
                Ok(()) => done.moved = done.moved.saturating_add(1),
                Err(StoreError::Stale) => done.met = done.met.saturating_add(1),
                Err(other) => return Err(other.into()),
            },
            Err(SealError::Holder { kek, cause }) => {
                return Err(RewrapError::Holder { kek, cause });
            }
            Err(stuck) => done
                .stuck
                .push((format!("{} {}", place.table, place.row), stuck)),
        }
        Ok(())
    }

    /// How secrets come under the active key, as whoever rotated to it has said.
    async fn rewraps_by(&self) -> Result<Rewrap, StoreError> {
        let keks = self.store.reader().keks().await?;
        let by = keks.iter().find_map(|kek| match kek.state {
            KekState::Active { rewrap, .. } => Some(rewrap),
            KekState::Known | KekState::Superseded { .. } | KekState::Retired { .. } => None,
        });
        Ok(by.unwrap_or_default())
    }

    /// How many secrets rest under each key-encryption key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sealed_under(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.store.sealed_under().await
    }
}
