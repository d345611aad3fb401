//! Key-encryption keys: kept outside the database, and without them nothing sealed in it opens. Some are 32 bytes in this
//! process, some never leave a hardware module or a key service; who uses one does not see the difference.

use std::{
    fmt,
    time::{Duration, Instant},
};

use aws_lc_rs::digest;
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use gatewright_domain::{entropy::Entropy, secret::Secret};
use zeroize::Zeroizing;

use crate::{
    cipher::{CipherError, KEY, decrypt, encrypt},
    error::{HolderError, SourceError},
    pkcs11::ModuleKey,
    transit::TransitKey,
};

/// A data key: what a secret is encrypted under, and what a key-encryption key wraps.
pub type DataKey = Zeroizing<[u8; KEY]>;

/// A key-encryption key.
pub struct Kek {
    id: String,
    holder: Holder,
}

/// Who holds it, and so who wraps and unwraps.
enum Holder {
    /// This process does.
    Here(Secret<[u8; KEY]>, Origin),
    /// A hardware module does.
    Module(ModuleKey),
    /// A key service does.
    Service(TransitKey),
}

/// Where a key of this process was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    File,
    Environment,
    Passphrase,
}

impl Kek {
    /// Reads a key as it is written in files and environment values: 64 hexadecimal digits, or base64 of either
    /// alphabet with or without padding; blanks around it are ignored.
    ///
    /// # Errors
    /// `NotAKey`; `Trivial`.
    pub fn from_text(text: &Secret<String>) -> Result<Self, SourceError> {
        Self::read(text, Origin::Environment)
    }

    pub(crate) fn read(text: &Secret<String>, origin: Origin) -> Result<Self, SourceError> {
        let bytes = text.lend(|text| decode(text.trim()))?;
        let mut key = [0; KEY];
        if bytes.len() != KEY {
            return Err(SourceError::NotAKey);
        }
        key.copy_from_slice(&bytes);
        let key = Secret::new(key);
        if key.lend(|key| key.iter().all(|byte| Some(byte) == key.first())) {
            return Err(SourceError::Trivial);
        }
        Ok(Self::of(key, origin))
    }

    /// Draws a new one.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        let mut key = Zeroizing::new([0; KEY]);
        entropy.fill(key.as_mut_slice());
        Self::of(Secret::new(*key), Origin::File)
    }

    /// Its name is a fingerprint of itself, so that one key has one name in whatever file or variable it comes.
    pub(crate) fn of(key: Secret<[u8; KEY]>, origin: Origin) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(b"gatewright/kek-id/v1");
        key.lend(|key| hash.update(key));
        let name: String = hex::encode(hash.finish()).chars().take(12).collect();
        Self {
            id: format!("kek-{name}"),
            holder: Holder::Here(key, origin),
        }
    }

    pub(crate) fn of_module(key: ModuleKey) -> Self {
        Self {
            id: named("hsm", &key.name()),
            holder: Holder::Module(key),
        }
    }

    pub(crate) fn of_service(key: TransitKey) -> Self {
        Self {
            id: named("vault", &key.name()),
            holder: Holder::Service(key),
        }
    }

    /// Its name: what sealed records say they need.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Who keeps it: `file`, `environment`, `passphrase`, `pkcs11` or `vault`.
    #[must_use]
    pub fn source(&self) -> &'static str {
        match &self.holder {
            Holder::Here(_, Origin::File) => "file",
            Holder::Here(_, Origin::Environment) => "environment",
            Holder::Here(_, Origin::Passphrase) => "passphrase",
            Holder::Module(_) => "pkcs11",
            Holder::Service(_) => "vault",
        }
    }

    /// Wraps a data key, bound to what it is for.
    ///
    /// # Errors
    /// `Away` when who holds the key does not answer; `Refused` when they will not.
    pub async fn wrap(&self, data_key: &DataKey, bound: &[u8]) -> Result<Vec<u8>, HolderError> {
        match &self.holder {
            Holder::Here(key, _) => key
                .lend(|key| encrypt(key, bound, data_key.as_slice()))
                .map_err(HolderError::from),
            Holder::Module(key) => key.wrap(data_key, bound).await,
            Holder::Service(key) => key.wrap(data_key, bound).await,
        }
    }

    /// Unwraps a data key.
    ///
    /// # Errors
    /// `Altered` when it was wrapped by another key or for something else; `Away` and `Refused` as for `wrap`.
    pub async fn unwrap(&self, wrapped: &[u8], bound: &[u8]) -> Result<DataKey, HolderError> {
        let plain = match &self.holder {
            Holder::Here(key, _) => key.lend(|key| decrypt(key, bound, wrapped))?,
            Holder::Module(key) => key.unwrap(wrapped, bound).await?,
            Holder::Service(key) => key.unwrap(wrapped, bound).await?,
        };
        let mut data_key = DataKey::new([0; KEY]);
        plain.lend(|plain| {
            if plain.len() != KEY {
                return Err(HolderError::Altered);
            }
            data_key.copy_from_slice(plain);
            Ok(())
        })?;
        Ok(data_key)
    }

    /// Wraps and unwraps a constant, and says how long that took.
    ///
    /// # Errors
    /// Those of `wrap` and `unwrap`; `Altered` also when something else came back.
    pub async fn health(&self) -> Result<Duration, HolderError> {
        const BOUND: &[u8] = b"gatewright/kek-health/v1";
        let constant = DataKey::new([0x5a; KEY]);
        let start = Instant::now();
        let wrapped = self.wrap(&constant, BOUND).await?;
        let unwrapped = self.unwrap(&wrapped, BOUND).await?;
        if unwrapped != constant {
            return Err(HolderError::Altered);
        }
        Ok(start.elapsed())
    }

    /// The key as a line of a key file; nothing for one that never was in this process.
    pub(crate) fn line(&self) -> Option<Zeroizing<String>> {
        let Holder::Here(key, _) = &self.holder else {
            return None;
        };
        let text = key.lend(|key| base64::engine::general_purpose::STANDARD.encode(key));
        Some(Zeroizing::new(text + "\n"))
    }
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl From<CipherError> for HolderError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Altered => Self::Altered,
            CipherError::NotSealed => Self::Refused {
                why: "the system has no randomness to give".to_owned(),
            },
        }
    }
}

/// The name of a key that is never seen: a fingerprint of where it is, which stays the same when an address changes.
fn named(prefix: &str, place: &str) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(b"gatewright/kek-id/v1/");
    hash.update(prefix.as_bytes());
    hash.update(b"/");
    hash.update(place.as_bytes());
    let name: String = hex::encode(hash.finish()).chars().take(12).collect();
    format!("{prefix}-{name}")
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, SourceError> {
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
    let bytes = hexadecimal.or_else(base64).ok_or(SourceError::NotAKey)?;
    Ok(Zeroizing::new(bytes))
}
