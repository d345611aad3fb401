//! A token's own name.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entropy::Entropy;

/// A token's own name, by which it is revoked: 128 drawn bits as 22 characters of base64url for our own.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Jti(String);

impl Jti {
    /// Draws a new one.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut bytes = [0; 22];
        entropy.fill(&mut bytes);
        let symbol = |byte: u8| {
            ALPHABET
                .get(usize::from(byte & 63))
                .copied()
                .unwrap_or(b'A')
        };
        Self(
            bytes
                .into_iter()
                .map(|byte| char::from(symbol(byte)))
                .collect(),
        )
    }

    /// One that stands in a token, row or snapshot; any text, since it only ever is looked up.
    #[must_use]
    pub fn from_wire(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Jti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Jti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
