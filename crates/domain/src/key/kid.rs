//! The public name of a key.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The public name of a key: its RFC 7638 SHA-256 thumbprint for our own, at most 64 of `[A-Za-z0-9_-]` for any.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kid(String);

/// A text that cannot name a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a kid: expected 1 to 64 characters of A-Z, a-z, 0-9, `-` and `_`")]
pub struct NotAKid;

impl Kid {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Kid {
    type Error = NotAKid;

    fn try_from(text: String) -> Result<Self, NotAKid> {
        let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(inside);
        if fits { Ok(Self(text)) } else { Err(NotAKid) }
    }
}

impl std::str::FromStr for Kid {
    type Err = NotAKid;

    fn from_str(text: &str) -> Result<Self, NotAKid> {
        text.to_owned().try_into()
    }
}

impl From<Kid> for String {
    fn from(kid: Kid) -> String {
        kid.0
    }
}

impl std::borrow::Borrow<str> for Kid {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
