//! Where a key-encryption key comes from, as settings write it.

use std::{fmt, path::PathBuf, str::FromStr};

use gatewright_domain::secret::Secret;

use crate::{
    error::SourceError,
    kek::Kek,
    key_file::read_private,
    passphrase::Derivation,
    pkcs11::{Libraries, Module, ModuleKey, ObjectUri},
    transit::{TransitAddress, TransitKey},
};

/// Where a key-encryption key comes from.
pub enum KekSource {
    /// `file:PATH`: a file that nobody else can read.
    File(PathBuf),
    /// The key itself, from the environment.
    Text(Secret<String>),
    /// `passphrase-file:PATH`: it follows from a passphrase in a file that nobody else can read.
    PassphraseFile(PathBuf),
    /// `passphrase`: it follows from the passphrase given as a setting.
    Passphrase,
    /// `pkcs11:…`: a hardware module keeps it.
    Module(ObjectUri),
    /// `vault:…`: a key service keeps it.
    Service(TransitAddress),
}

/// What sources are unlocked with.
#[derive(Debug, Default)]
pub struct Unlocking {
    /// For `passphrase`.
    pub passphrase: Option<Secret<String>>,
    /// For `pkcs11:…` without a `pin-source`.
    pub pin: Option<Secret<String>>,
    /// For `vault:…` without a `token-file`.
    pub token: Option<Secret<String>>,
    /// The hardware modules of this process.
    pub libraries: Libraries,
}

impl FromStr for KekSource {
    type Err = SourceError;

    /// What begins like no source is the key itself.
    fn from_str(text: &str) -> Result<Self, SourceError> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("file:") {
            return Ok(Self::File(PathBuf::from(path)));
        }
        if let Some(path) = text.strip_prefix("passphrase-file:") {
            return Ok(Self::PassphraseFile(PathBuf::from(path)));
        }
        if text == "passphrase" {
            return Ok(Self::Passphrase);
        }
        if text.starts_with("pkcs11:") {
            return Ok(Self::Module(text.parse()?));
        }
        if let Some(address) = text.strip_prefix("vault:") {
            return Ok(Self::Service(address.parse()?));
        }
        Ok(Self::Text(Secret::new(text.to_owned())))
    }
}

impl KekSource {
    /// Whether the key follows from a passphrase, so that a derivation is needed.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        matches!(self, Self::PassphraseFile(_) | Self::Passphrase)
    }

    /// Opens it. A hardware module and a key service are asked whether the key is there and fit.
    ///
    /// # Errors
    /// Every variant of `SourceError` but `Exists` and `Unwritable`.
    pub async fn open(
        &self,
        unlocking: &Unlocking,
        derivation: &Derivation,
    ) -> Result<Kek, SourceError> {
        match self {
            Self::File(path) => Kek::read_file(path),
            Self::Text(text) => Kek::from_text(text),
            Self::PassphraseFile(path) => {
                Kek::from_passphrase(read_private(path)?, derivation.clone()).await
            }
            Self::Passphrase => {
                let given = unlocking.passphrase.as_ref().map(copy);
                let setting = "GATEWRIGHT_KEK_PASSPHRASE";
                let given = given.ok_or_else(|| self.locked("a passphrase", setting))?;
                Kek::from_passphrase(given, derivation.clone()).await
            }
            Self::Module(uri) => {
                let given = match uri.pin_source() {
                    Some(path) => Some(read_private(path)?),
                    None => unlocking.pin.as_ref().map(copy),
                };
                let pin = given.ok_or_else(|| self.locked("a PIN", "GATEWRIGHT_KEK_PIN"))?;
                let module = Module::open(&unlocking.libraries, uri.token(), pin).await?;
                Ok(Kek::of_module(ModuleKey::find(module, uri.clone()).await?))
            }
            Self::Service(address) => {
                let token = match address.token_file() {
                    Some(_) => None,
                    None => Some(
                        unlocking
                            .token
                            .as_ref()
                            .map(copy)
                            .ok_or_else(|| self.locked("a token", "GATEWRIGHT_KEK_TOKEN"))?,
                    ),
                };
                let key = TransitKey::at(address.clone(), token)?;
                key.check().await?;
                Ok(Kek::of_service(key))
            }
        }
    }

    fn locked(&self, what: &'static str, setting: &'static str) -> SourceError {
        SourceError::Locked {
            what,
            source_of: self.to_string(),
            setting,
        }
    }
}

/// A second custody of the same secret: a source may be opened more than once in a process.
pub(crate) fn copy(secret: &Secret<String>) -> Secret<String> {
    Secret::new(secret.lend(|text| text.trim().to_owned()))
}

impl fmt::Display for KekSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Text(_) => f.write_str("[the key itself]"),
            Self::PassphraseFile(path) => write!(f, "passphrase-file:{}", path.display()),
            Self::Passphrase => f.write_str("passphrase"),
            Self::Module(uri) => uri.fmt(f),
            Self::Service(address) => write!(f, "vault:{address}"),
        }
    }
}

impl fmt::Debug for KekSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
