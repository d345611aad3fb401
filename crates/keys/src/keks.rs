//! The key-encryption keys as they are shown: where each stands, how much rests under it, and how it felt when it was last asked.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use gatewright_domain::{
    kek::{KekState, KeyEncryptionKey},
    time::Timestamp,
};
use gatewright_store::StoreError;
use serde::Serialize;

use crate::Keys;

/// A key-encryption key as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KekRow {
    /// Its name.
    pub id: String,
    /// Who keeps it: file, environment, passphrase, pkcs11 or vault.
    pub source: String,
    /// Where it stands: known, active, superseded or retired; `given` when it was never made known.
    pub state: String,
    /// How many secrets rest under it.
    pub rows: u64,
    /// Whether this server was given it.
    pub given: bool,
    /// When it was first known.
    pub made_at: Option<Timestamp>,
    /// Since when it stands there.
    pub changed_at: Option<Timestamp>,
    /// What came of asking it to wrap and unwrap a constant, if this server has asked.
    pub health: Option<KekHealth>,
}

/// What came of asking a key-encryption key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KekHealth {
    /// When it was asked.
    pub at: Timestamp,
    /// How long wrapping and unwrapping took, in microseconds; nothing when it failed.
    pub took_us: Option<u64>,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What came of asking each, the last time.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<BTreeMap<String, KekHealth>>);

impl Keys {
    /// Asks every key-encryption key that is given to wrap and unwrap a constant, and keeps what came of it. For a timed
    /// job, and for whoever wants to know now.
    pub async fn ask_keks(&self) {
        for kek in self.kek.iter() {
            let asked = kek.health().await;
            let health = KekHealth {
                at: self.clock.now(),
                took_us: asked
                    .as_ref()
                    .ok()
                    .map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
                failure: asked.err().map(|error| error.to_string()),
            };
            let mut kept = self
                .kek_health
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            kept.insert(kek.id().to_owned(), health);
        }
    }

    /// The key-encryption keys, the oldest first; then those that were given and never made known.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keks(&self) -> Result<Vec<KekRow>, StoreError> {
        let under = self.store.sealed_under().await?;
        let registered = self.store.reader().keks().await?;
        let kept = self.kek_health.0.lock();
        let health = kept.unwrap_or_else(PoisonError::into_inner).clone();
        let rows = |id: &str| under.get(id).copied().unwrap_or(0);
        let mut shown: Vec<KekRow> = registered
            .iter()
            .map(|kek| KekRow {
                id: kek.id.to_string(),
                source: kek.source.clone(),
                state: kek.state.as_str().to_owned(),
                rows: rows(kek.id.as_str()),
                given: self.kek.get(kek.id.as_str()).is_some(),
                made_at: Some(kek.made),
                changed_at: changed(kek),
                health: health.get(kek.id.as_str()).cloned(),
            })
            .collect();
        for kek in self.kek.iter() {
            if registered.iter().all(|known| known.id.as_str() != kek.id()) {
                shown.push(KekRow {
                    id: kek.id().to_owned(),
                    source: kek.source().to_owned(),
                    state: "given".to_owned(),
                    rows: rows(kek.id()),
                    given: true,
                    made_at: None,
                    changed_at: None,
                    health: health.get(kek.id()).cloned(),
                });
            }
        }
        Ok(shown)
    }
}

fn changed(kek: &KeyEncryptionKey) -> Option<Timestamp> {
    match kek.state {
        KekState::Known => None,
        KekState::Active { at, .. } | KekState::Superseded { at } | KekState::Retired { at } => {
            Some(at)
        }
    }
}
