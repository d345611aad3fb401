//! The key that signs snapshots, so that a gateway which pinned it takes them from nobody else. One for the whole
//! installation, in the database, sealed.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_custody::SealError;
use gatewright_domain::key::Sealed;
use gatewright_store::StoreError;
use gatewright_token::detached::{DetachedFault, DocumentKey};

use crate::{
    KekError, Keys,
    secrets::{SNAPSHOT_KEY, place},
};

/// Why no snapshot is signed.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotKeyError {
    /// The key does not open, or could not be sealed.
    #[error("could not open or seal the snapshot key")]
    Seal(#[from] SealError),
    /// It is no key.
    #[error("the snapshot key is not usable")]
    Unusable(#[from] DetachedFault),
    /// The key-encryption key is not the one the database needs.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The store failed.
    #[error("could not read or keep the snapshot key")]
    Store(#[from] StoreError),
}

/// The open key.
#[derive(Default)]
pub(crate) struct Kept(ArcSwapOption<DocumentKey>);

impl Keys {
    /// The signature over the exact bytes of a snapshot: Ed25519, as 86 characters of base64url.
    ///
    /// # Errors
    /// Every variant of `SnapshotKeyError`.
    pub async fn sign_snapshot(&self, snapshot: &[u8]) -> Result<String, SnapshotKeyError> {
        let key = self.snapshot_key().await?;
        Ok(URL_SAFE_NO_PAD.encode(key.sign(snapshot)))
    }

    /// What a gateway pins: the public key, as 43 characters of base64url.
    ///
    /// # Errors
    /// Every variant of `SnapshotKeyError`.
    pub async fn snapshot_public_key(&self) -> Result<String, SnapshotKeyError> {
        let key = self.snapshot_key().await?;
        Ok(key.pinned()?.to_string())
    }

    async fn snapshot_key(&self) -> Result<Arc<DocumentKey>, SnapshotKeyError> {
        if let Some(open) = self.snapshot_key.0.load_full() {
            return Ok(open);
        }
        let sealed = match self.store.sealed_secret(SNAPSHOT_KEY).await? {
            Some(sealed) => sealed,
            None => self.make_snapshot_key().await?,
        };
        let installation = self.installation().await?;
        let private = self
            .kek
            .open(&place(&installation, SNAPSHOT_KEY), &sealed)
            .await?;
        let open = Arc::new(DocumentKey::open(&private)?);
        self.snapshot_key.0.store(Some(Arc::clone(&open)));
        Ok(open)
    }

    /// Makes the key, and reads back what counts: the one of whichever server was faster.
    async fn make_snapshot_key(&self) -> Result<Sealed, SnapshotKeyError> {
        self.check_kek().await?;
        let private = DocumentKey::generate()?;
        let installation = self.installation().await?;
        let sealed = self
            .kek
            .seal(
                &place(&installation, SNAPSHOT_KEY),
                &private,
                &*self.entropy,
            )
            .await?;
        let now = self.clock.now();
        self.store
            .keep_sealed_secret(SNAPSHOT_KEY, sealed.clone(), now)
            .await?;
        Ok(self
            .store
            .sealed_secret(SNAPSHOT_KEY)
            .await?
            .unwrap_or(sealed))
    }
}
