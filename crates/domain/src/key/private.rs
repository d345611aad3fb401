//! Where the private half of a key is: sealed in its row, or with a provider that never gives it out.

use std::{fmt, str::FromStr};

/// A private key as it rests: sealed under a key-encryption key, useless without it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key-encryption key opens it.
    pub kek: String,
    /// The sealed record, in the format of `keys::seal`.
    pub record: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[sealed under {}]", self.kek)
    }
}

/// Who signs with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// This program: the private half rests in the database, sealed.
    #[default]
    Software,
    /// A token of a hardware module, over PKCS#11.
    Pkcs11,
    /// The transit engine of a key service, Vault or OpenBao.
    Vault,
}

/// A text that names no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a provider of signing keys: expected software, pkcs11 or vault")]
pub struct NotAProvider;

impl Provider {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Software, Self::Pkcs11, Self::Vault];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Pkcs11 => "pkcs11",
            Self::Vault => "vault",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Provider {
    type Err = NotAProvider;

    fn from_str(text: &str) -> Result<Self, NotAProvider> {
        let mut all = Self::ALL.into_iter();
        all.find(|provider| provider.as_str() == text)
            .ok_or(NotAProvider)
    }
}

/// A private key that its provider never gives out, and where it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who holds it; never `Software`.
    pub provider: Provider,
    /// The holder and the key, as the provider names them: `gatewright/0190a1b2…`, `transit/gatewright-0190a1b2…`.
    pub reference: String,
}

impl Held {
    /// The holder, and the key in it.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.reference
            .rsplit_once('/')
            .unwrap_or(("", &self.reference))
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.provider, self.reference)
    }
}

/// The private half of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrivateHalf {
    /// It rests in the key's row.
    Sealed(Sealed),
    /// It is elsewhere, for ever.
    Held(Held),
}

impl PrivateHalf {
    /// Who signs with it.
    #[must_use]
    pub const fn provider(&self) -> Provider {
        match self {
            Self::Sealed(_) => Provider::Software,
            Self::Held(held) => held.provider,
        }
    }
}

impl From<Sealed> for PrivateHalf {
    fn from(sealed: Sealed) -> Self {
        Self::Sealed(sealed)
    }
}

impl From<Held> for PrivateHalf {
    fn from(held: Held) -> Self {
        Self::Held(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_read_as_it_is_written() {
        for provider in Provider::ALL {
            assert_eq!(provider.as_str().parse(), Ok(provider));
        }
        assert_eq!("PKCS11".parse::<Provider>(), Err(NotAProvider));
    }

    #[test]
    fn a_reference_says_holder_and_key_even_where_the_holder_has_slashes() {
        let held = Held {
            provider: Provider::Vault,
            reference: "team/transit/gatewright-1".to_owned(),
        };
        assert_eq!(held.parts(), ("team/transit", "gatewright-1"));
    }
}
