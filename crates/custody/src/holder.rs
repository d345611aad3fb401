//! Signing keys that never are in this process: a token of a hardware module or a key service makes them, keeps them and signs
//! with them. Whoever signs does not see which of them it is.

use std::{fmt, str::FromStr};

use gatewright_domain::{
    key::{Algorithm, Provider},
    secret::Secret,
};

use crate::{
    error::{HolderError, SourceError},
    key_file::read_private,
    pkcs11::{self, Module, ModuleSigner, TokenUri},
    source::{Unlocking, copy},
    transit::{TransitEngine, TransitMount, TransitSigner},
};

/// Where new signing keys are made.
pub enum SigningSource {
    /// `software`: here; they rest in the database, sealed.
    Software,
    /// `pkcs11:…`: in a token of a hardware module.
    Module(TokenUri),
    /// `vault:…`: in the transit engine of a key service.
    Service(TransitMount),
}

impl FromStr for SigningSource {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let text = text.trim();
        if text == "software" {
            return Ok(Self::Software);
        }
        if text.starts_with("pkcs11:") {
            return Ok(Self::Module(text.parse()?));
        }
        if let Some(address) = text.strip_prefix("vault:") {
            return Ok(Self::Service(address.parse()?));
        }
        Err(SourceError::Address {
            address: text.split('?').next().unwrap_or_default().to_owned(),
            why: "write software, pkcs11:token=LABEL?module-path=PATH or vault:https://HOST:PORT/transit"
                .to_owned(),
        })
    }
}

impl SigningSource {
    /// Gets ready to ask it; nothing is asked yet, because whoever holds keys may be away while others still verify. Nothing
    /// for `software`.
    ///
    /// # Errors
    /// `Locked` without a PIN or token; `Unfit` when no thread or no TLS can be had.
    pub fn open(&self, unlocking: &Unlocking) -> Result<Option<KeyHolder>, SourceError> {
        let holder = match self {
            Self::Software => return Ok(None),
            Self::Module(uri) => {
                let pin = match uri.pin_source() {
                    Some(path) => Some(read_private(path)?),
                    None => unlocking.pin.as_ref().map(copy),
                };
                let pin = pin.ok_or_else(|| self.locked("a PIN", "GATEWRIGHT_SIGNING_PIN"))?;
                let module = Module::begin(&unlocking.libraries, uri.token(), pin)?;
                KeyHolder {
                    name: module.label().to_owned(),
                    door: Door::Module(module),
                }
            }
            Self::Service(mount) => {
                let given: Option<Secret<String>> = match mount.token_file() {
                    Some(_) => None,
                    None => {
                        let token = unlocking.token.as_ref().map(copy);
                        let setting = "GATEWRIGHT_SIGNING_TOKEN";
                        Some(token.ok_or_else(|| self.locked("a token", setting))?)
                    }
                };
                KeyHolder {
                    name: mount.mount().to_owned(),
                    door: Door::Service(TransitEngine::at(mount.clone(), given)?),
                }
            }
        };
        Ok(Some(holder))
    }

    fn locked(&self, what: &'static str, setting: &'static str) -> SourceError {
        SourceError::Locked {
            what,
            source_of: self.to_string(),
            setting,
        }
    }
}

impl fmt::Display for SigningSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Software => f.write_str("software"),
            Self::Module(uri) => uri.token().fmt(f),
            Self::Service(mount) => write!(f, "vault:{mount}"),
        }
    }
}

impl fmt::Debug for SigningSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who makes, keeps and uses signing keys.
pub struct KeyHolder {
    name: String,
    door: Door,
}

enum Door {
    Module(Module),
    Service(TransitEngine),
}

/// The public half of a key: its numbers as they are, without any wrapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicHalf {
    /// A point of a curve, both coordinates of the curve's length.
    Point {
        /// The first coordinate.
        x: Vec<u8>,
        /// The second.
        y: Vec<u8>,
    },
    /// A key of Ed25519: 32 bytes.
    Edwards(Vec<u8>),
    /// A key of RSA, both numbers without leading zeros.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
}

/// A key that is held elsewhere, ready to sign.
#[derive(Clone)]
pub enum HeldSigner {
    /// By a hardware module.
    Module(ModuleSigner),
    /// By a key service.
    Service(TransitSigner),
}

impl KeyHolder {
    /// Which provider it is of.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match self.door {
            Door::Module(_) => Provider::Pkcs11,
            Door::Service(_) => Provider::Vault,
        }
    }

    /// What it is called: the label of the token, or the path of the engine. Neither address nor serial number is part of it,
    /// because they change when machines are replaced.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the key of an id is called here.
    #[must_use]
    pub fn key_of(&self, id: &[u8; 16]) -> String {
        match self.door {
            Door::Module(_) => hex::encode(id),
            Door::Service(_) => format!("gatewright-{}", hex::encode(id)),
        }
    }

    /// Makes a key under an id that nobody has used. It cannot be read out.
    ///
    /// # Errors
    /// `Away`; `Refused` when such keys cannot be made there.
    pub async fn generate(
        &self,
        algorithm: Algorithm,
        id: &[u8; 16],
    ) -> Result<(HeldSigner, PublicHalf), HolderError> {
        match &self.door {
            Door::Module(module) => {
                let (signer, half) = ModuleSigner::generate(module, algorithm, id).await?;
                Ok((HeldSigner::Module(signer), half))
            }
            Door::Service(engine) => {
                let (signer, half) = engine.generate(algorithm, &self.key_of(id)).await?;
                Ok((HeldSigner::Service(signer), half))
            }
        }
    }

    /// The key of this name, if it is the other half of `expected`.
    ///
    /// # Errors
    /// `Refused` when it is another, or cannot be told from another; `Away` when it is not there.
    pub async fn bind(
        &self,
        algorithm: Algorithm,
        key: &str,
        expected: &PublicHalf,
    ) -> Result<HeldSigner, HolderError> {
        match &self.door {
            Door::Module(module) => {
                let id = module_id(key)?;
                let signer = ModuleSigner::bind(module, algorithm, &id, expected).await?;
                Ok(HeldSigner::Module(signer))
            }
            Door::Service(engine) => {
                let signer = engine.bind(algorithm, key, expected).await?;
                Ok(HeldSigner::Service(signer))
            }
        }
    }

    /// Destroys the key of this name. One that is gone already is no fault.
    ///
    /// # Errors
    /// `Away`; `Refused`.
    pub async fn destroy(&self, key: &str) -> Result<(), HolderError> {
        match &self.door {
            Door::Module(module) => pkcs11::destroy(module, &module_id(key)?).await,
            Door::Service(engine) => engine.destroy(key).await,
        }
    }

    /// Whether it answers and lets us in.
    ///
    /// # Errors
    /// `Away`; `Refused`.
    pub async fn check(&self) -> Result<(), HolderError> {
        match &self.door {
            Door::Module(module) => Ok(module.ask(|_| Ok(())).await?),
            Door::Service(engine) => engine.check().await,
        }
    }
}

fn module_id(key: &str) -> Result<Vec<u8>, HolderError> {
    hex::decode(key).map_err(|_| HolderError::Refused {
        why: format!("`{key}` is no name that gatewright gives keys in a module"),
    })
}

impl fmt::Debug for KeyHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider(), self.name)
    }
}

impl HeldSigner {
    /// Signs, in the form of a JWS: `R || S`, or the signature of Ed25519 or RSA as it is. What comes back is not looked at
    /// here: who knows the public half does.
    ///
    /// # Errors
    /// `Away`; `Refused`.
    pub async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, HolderError> {
        match self {
            Self::Module(signer) => signer.sign(input).await,
            Self::Service(signer) => signer.sign(input).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_and_shown_without_what_unlocks_it() {
        let shown = |text: &str| {
            text.parse::<SigningSource>()
                .map(|source| source.to_string())
        };
        assert_eq!(shown("software").unwrap(), "software");
        let module = "pkcs11:token=gw?module-path=/m.so&pin-source=file:/run/pin";
        assert_eq!(shown(module).unwrap(), "pkcs11:token=gw");
        let service = "vault:https://bao:8200/team/transit?token-file=/run/token";
        assert_eq!(
            shown(service).unwrap(),
            "vault:https://bao:8200/team/transit"
        );
        let refused = shown("hardware").unwrap_err().to_string();
        assert!(refused.contains("write software"), "{refused}");
    }
}
