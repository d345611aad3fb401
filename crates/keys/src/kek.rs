//! Key-encryption keys: 32 bytes that stay outside the database, and without which nothing sealed in it opens.

use std::{fmt, io, path::PathBuf};

use aws_lc_rs::digest;
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use gatewright_domain::{entropy::Entropy, secret::Secret};
use gatewright_store::StoreError;
use zeroize::Zeroizing;

use crate::seal::KEY;

/// A key-encryption key.
pub struct Kek {
    id: String,
    key: Secret<[u8; KEY]>,
}

/// Why a key-encryption key is not taken. Where one is refused at the start, nothing has been changed.
#[derive(Debug, thiserror::Error)]
pub enum KekError {
    /// The text is no key.
    #[error(
        "not a key-encryption key: expected 32 random bytes as 64 hexadecimal digits or as base64"
    )]
    NotAKey,
    /// The key is one byte repeated.
    #[error("the key-encryption key is one byte repeated; generate a random one")]
    Trivial,
    /// The file cannot be read.
    #[error("could not read the key file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is a directory or a device.
    #[error("the key file {} is not a file", path.display())]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// Others than its owner can reach the file.
    #[error(
        "the key file {} can be reached by others (mode {mode:04o}); run: chmod 600 {}",
        path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file belongs to somebody else.
    #[error(
        "the key file {} belongs to user {owner}, and this program runs as user {own}",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who this program runs as.
        own: u32,
    },
    /// There is a file already, which is never written over.
    #[error("there is a key file {} already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("could not write the key file {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The database holds secrets that need another key-encryption key.
    #[error(
        "{rows} sealed in the database under {needed}, but the key-encryption key given is {given}; \
         give the one they were sealed under (no new key is made in its place)",
        rows = Rows(*rows)
    )]
    Other {
        /// How many secrets there are under it.
        rows: u64,
        /// The one they need.
        needed: String,
        /// The one there is.
        given: String,
    },
    /// The check value does not open, though it claims to be of this key-encryption key.
    #[error(
        "the check value of {kek} does not open, and {rows} sealed under it; \
         the database was altered or belongs to another installation",
        rows = Rows(*rows)
    )]
    Mismatch {
        /// How many secrets there are under it.
        rows: u64,
        /// The key-encryption key.
        kek: String,
    },
    /// There is no check value, though there are secrets.
    #[error("the check value of {kek} is missing, and {rows} sealed under it", rows = Rows(*rows))]
    Unchecked {
        /// How many secrets there are under it.
        rows: u64,
        /// The key-encryption key.
        kek: String,
    },
    /// The check value could not be made.
    #[error("could not make a check value")]
    Seal(#[source] crate::seal::SealError),
    /// The store failed.
    #[error("could not look at the sealed secrets")]
    Store(#[source] StoreError),
}

struct Rows(u64);

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 secret is"),
            rows => write!(f, "{rows} secrets are"),
        }
    }
}

impl Kek {
    /// Reads a key as it is written in files and environment values: 64 hexadecimal digits, or base64 of either
    /// alphabet with or without padding; blanks around it are ignored.
    ///
    /// # Errors
    /// `NotAKey`; `Trivial`.
    pub fn from_text(text: &Secret<String>) -> Result<Self, KekError> {
        let bytes = text.lend(|text| decode(text.trim()))?;
        let mut key = [0; KEY];
        if bytes.len() != KEY {
            return Err(KekError::NotAKey);
        }
        key.copy_from_slice(&bytes);
        let key = Secret::new(key);
        if key.lend(|key| key.iter().all(|byte| Some(byte) == key.first())) {
            return Err(KekError::Trivial);
        }
        Ok(Self::of(key))
    }

    /// Draws a new one.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut key = Zeroizing::new([0; KEY]);
        entropy.fill(key.as_mut_slice());
        Self::of(Secret::new(*key))
    }

    /// Its name is a fingerprint of itself, so that one key has one name in whatever file or variable it comes.
    fn of(key: Secret<[u8; KEY]>) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"gatewright/kek-id/v1");
        key.lend(|key| hash.update(key));
        let name: String = hex::encode(hash.finish()).chars().take(12).collect();
        Self {
            id: format!("kek-{name}"),
            key,
        }
    }

    /// Its name: what sealed records say they need.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn lend<R>(&self, to: impl FnOnce(&[u8]) -> R) -> R {
        self.key.lend(|key| to(key))
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KekError> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let base64 = || {
        let alphabet = if text.contains(['-', '_']) {
            &URL_SAFE
        } else {
            &STANDARD
        };
        GeneralPurpose::new(alphabet, lenient).decode(text).ok()
    };
    let hexadecimal = hex::decode(text).ok();
    let bytes = hexadecimal.or_else(base64).ok_or(KekError::NotAKey)?;
    Ok(Zeroizing::new(bytes))
}
