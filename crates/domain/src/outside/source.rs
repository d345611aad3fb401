//! Where an outside issuer's keys come from, and which kinds of tokens it signs.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::key::Algorithm;

/// The longest address of a key set.
const LONGEST: usize = 500;

/// Where an issuer's keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// From the key set that its metadata names (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3).
    Discovery {
        /// What its keys may sign with.
        algorithms: Algorithms,
    },
    /// From the key set at this address.
    Address {
        /// The address.
        address: KeySetAddress,
        /// What its keys may sign with.
        algorithms: Algorithms,
    },
    /// There are none: it shares a secret with us, and signs with HS256. The secret rests sealed, apart from this.
    Secret {
        /// How many secrets it has had.
        generation: u32,
    },
}

/// Algorithms of key sets, at least one. HS256 is none of them: it comes with a secret, and alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Algorithms(BTreeSet<Algorithm>);

/// The address of a key set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeySetAddress(String);

/// Why something is no source of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKeySource {
    /// An algorithm that no key set is taken with, or none.
    #[error("must name at least one of ES256, ES384, EdDSA, RS256 and PS256")]
    Algorithm,
    /// An address that is none, or hides something.
    #[error("must be an https address without user, query of more than ASCII, or fragment")]
    Address,
}

/// Which `typ` an issuer's tokens have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenKinds {
    /// None, `JWT` or `at+jwt`.
    #[default]
    AnyJwt,
    /// `at+jwt` alone (RFC 9068).
    AccessTokens,
}

impl Algorithms {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Algorithm> {
        self.0.iter().copied()
    }

    /// Their names in headers.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(Algorithm::name)
    }
}

impl TryFrom<Vec<String>> for Algorithms {
    type Error = NotAKeySource;

    fn try_from(names: Vec<String>) -> Result<Self, NotAKeySource> {
        let read = |name: String| name.parse().map_err(|_| NotAKeySource::Algorithm);
        let read: BTreeSet<Algorithm> = names.into_iter().map(read).collect::<Result<_, _>>()?;
        if read.is_empty() {
            return Err(NotAKeySource::Algorithm);
        }
        Ok(Self(read))
    }
}

impl FromStr for Algorithms {
    type Err = NotAKeySource;

    /// Names with blanks or commas between them.
    fn from_str(text: &str) -> Result<Self, NotAKeySource> {
        let names = text.split([' ', ',']).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect::<Vec<_>>().try_into()
    }
}

impl From<Algorithms> for Vec<String> {
    fn from(algorithms: Algorithms) -> Vec<String> {
        algorithms.names().map(str::to_owned).collect()
    }
}

impl fmt::Display for Algorithms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.write_str(&names.join(" "))
    }
}

impl KeySetAddress {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KeySetAddress {
    type Error = NotAKeySource;

    fn try_from(text: String) -> Result<Self, NotAKeySource> {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let authority = rest.and_then(|rest| rest.split(['/', '?']).next());
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let hides = text.contains(['#', '\\', '"', '<', '>']);
        let user =
            authority.is_none_or(|authority| authority.is_empty() || authority.contains('@'));
        if user || hides || !plain || text.len() > LONGEST {
            return Err(NotAKeySource::Address);
        }
        Ok(Self(text))
    }
}

impl FromStr for KeySetAddress {
    type Err = NotAKeySource;

    fn from_str(text: &str) -> Result<Self, NotAKeySource> {
        text.to_owned().try_into()
    }
}

impl From<KeySetAddress> for String {
    fn from(address: KeySetAddress) -> String {
        address.0
    }
}

impl fmt::Debug for KeySetAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeySource {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Discovery { .. } => "discovery",
            Self::Address { .. } => "address",
            Self::Secret { .. } => "secret",
        }
    }

    /// What its keys may sign with; nothing for a secret.
    #[must_use]
    pub const fn algorithms(&self) -> Option<&Algorithms> {
        match self {
            Self::Discovery { algorithms } | Self::Address { algorithms, .. } => Some(algorithms),
            Self::Secret { .. } => None,
        }
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discovery { algorithms } => write!(f, "discovery {algorithms}"),
            Self::Address {
                address,
                algorithms,
            } => write!(f, "{} {algorithms}", address.as_str()),
            Self::Secret { generation } => write!(f, "shared secret {generation}"),
        }
    }
}

impl TokenKinds {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnyJwt => "any-jwt",
            Self::AccessTokens => "access-tokens",
        }
    }
}

impl FromStr for TokenKinds {
    type Err = NotAKeySource;

    fn from_str(text: &str) -> Result<Self, NotAKeySource> {
        let kinds = [Self::AnyJwt, Self::AccessTokens];
        let found = kinds.into_iter().find(|kinds| kinds.as_str() == text);
        found.ok_or(NotAKeySource::Algorithm)
    }
}
