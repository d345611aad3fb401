//! The pepper: a secret of the installation with which client secrets are hashed, so that whoever copies the database can
//! neither find one nor put one in.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use aws_lc_rs::hmac;
use gatewright_custody::{Place, SealError};
use gatewright_domain::{key::Sealed, secret::Secret};
use gatewright_store::StoreError;

use crate::{KekError, Keys};

/// What it is called among the sealed secrets.
const NAME: &str = "client-secret-pepper";

/// 256 bits, as many as the hash has.
const LENGTH: usize = 32;

/// Why there is no pepper.
#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    /// It does not open, or could not be sealed.
    #[error("could not open or seal the pepper of client secrets")]
    Seal(#[from] SealError),
    /// The key-encryption key is not the one the database needs.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// The store failed.
    #[error("could not read or keep the pepper of client secrets")]
    Store(#[from] StoreError),
}

/// The open pepper.
pub(crate) struct OpenPepper(hmac::Key);

/// The pepper, once it was opened.
#[derive(Default)]
pub(crate) struct Kept(ArcSwapOption<OpenPepper>);

impl OpenPepper {
    /// The keyed hash of a secret: HMAC-SHA-256. A slow hash would add nothing at 256 drawn bits, and be a way to keep
    /// the token endpoint busy.
    pub(crate) fn hash(&self, secret: &Secret<String>) -> Vec<u8> {
        let tag = secret.lend(|text| hmac::sign(&self.0, text.as_bytes()));
        tag.as_ref().to_vec()
    }
}

impl Keys {
    /// The pepper; made by whichever server needs it first.
    pub(crate) async fn pepper(&self) -> Result<Arc<OpenPepper>, PepperError> {
        if let Some(open) = self.pepper.0.load_full() {
            return Ok(open);
        }
        let sealed = match self.store.sealed_secret(NAME).await? {
            Some(sealed) => sealed,
            None => self.make_pepper().await?,
        };
        let installation = self.installation().await?;
        let pepper = self.kek.open(&place(&installation), &sealed).await?;
        let key = pepper.lend(|pepper| hmac::Key::new(hmac::HMAC_SHA256, pepper));
        let open = Arc::new(OpenPepper(key));
        self.pepper.0.store(Some(Arc::clone(&open)));
        Ok(open)
    }

    /// Makes the pepper, and reads back what counts: the one of whichever server was faster.
    async fn make_pepper(&self) -> Result<Sealed, PepperError> {
        self.check_kek().await?;
        let mut drawn = vec![0; LENGTH];
        self.entropy.fill(&mut drawn);
        let pepper = Secret::new(drawn);
        let installation = self.installation().await?;
        let sealed = self
            .kek
            .seal(&place(&installation), &pepper, &*self.entropy)
            .await?;
        let now = self.clock.now();
        self.store
            .keep_sealed_secret(NAME, sealed.clone(), now)
            .await?;
        Ok(self.store.sealed_secret(NAME).await?.unwrap_or(sealed))
    }
}

fn place(installation: &str) -> Place<'_> {
    Place {
        installation,
        table: "sealed_secrets",
        row: NAME,
        purpose: NAME,
        kid: "",
        algorithm: "",
        version: 1,
    }
}
