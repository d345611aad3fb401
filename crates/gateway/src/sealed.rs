//! A snapshot as it travels and as it is kept: exact bytes with the control plane's signature over them.

use base64::{Engine, engine::general_purpose::STANDARD};
use gatewright_domain::snapshot::{SCHEMA, Snapshot};
use gatewright_token::detached::PinnedKey;

/// The most bytes of a snapshot. A million revoked tokens are about a hundred million bytes.
pub(crate) const LARGEST: usize = 256 * 1024 * 1024;

/// A snapshot with its signature, not trusted yet.
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) signature: String,
}

/// Why a sealed snapshot is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error("the signature is not one of the pinned snapshot key over these bytes")]
    Signature,
    #[error("the snapshot has schema {0}, and this gateway reads schema {SCHEMA}")]
    Schema(u16),
    #[error("the snapshot cannot be read")]
    Unreadable(#[source] serde_json::Error),
}

/// What is read of a snapshot of any schema.
#[derive(serde::Deserialize)]
struct Shape {
    schema: u16,
}

impl Sealed {
    /// The snapshot, if the control plane said it, byte for byte.
    pub(crate) fn open(&self, key: &PinnedKey) -> Result<Snapshot, SealError> {
        let signature = STANDARD
            .decode(&self.signature)
            .map_err(|_| SealError::Signature)?;
        key.verify(&self.bytes, &signature)
            .map_err(|_| SealError::Signature)?;
        let shape: Shape = serde_json::from_slice(&self.bytes).map_err(SealError::Unreadable)?;
        if shape.schema != SCHEMA {
            return Err(SealError::Schema(shape.schema));
        }
        serde_json::from_slice(&self.bytes).map_err(SealError::Unreadable)
    }
}
