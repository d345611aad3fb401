//! Personal values stand in an event only as commitments; value and salt are kept beside it and can be erased.
//!
//! Invariant: while salt and value are kept, anybody can check them against the event; once they are gone, nothing in
//! the event leads back to the value, and its hash is as it was.

use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize, de};
use sha2::Sha256;

/// Drawn afresh for every value, so that equal values look different and small ones cannot be guessed.
pub type Salt = [u8; 16];

/// `{"$pii": HMAC-SHA256(salt, path ‖ value)}`, in hexadecimal: that a value was there, without the value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    #[serde(rename = "$pii", deserialize_with = "digest")]
    digest: String,
}

impl Commitment {
    /// Commits to a value and to the one place (a JSON pointer, for instance `/source/ip`) where it belongs.
    #[must_use]
    pub fn to(salt: &Salt, path: &str, value: &str) -> Self {
        // HMAC fills a short key with zeros to one block; done here, no length is left to be wrong.
        let mut key = [0; 64];
        for (byte, salt) in key.iter_mut().zip(salt) {
            *byte = *salt;
        }
        let mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&key.into());
        let mac = mac.chain_update(path).chain_update(value);
        Self {
            digest: hex::encode(mac.finalize().into_bytes()),
        }
    }

    /// Whether this is the commitment to that value at that place.
    #[must_use]
    pub fn opens(&self, salt: &Salt, path: &str, value: &str) -> bool {
        *self == Self::to(salt, path, value)
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "$pii:{}", self.digest)
    }
}

/// Reads 64 lower-case hexadecimal digits: one value, one spelling.
fn digest<'de, D: de::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() == 64 && text.bytes().all(is_digit) {
        Ok(text)
    } else {
        Err(de::Error::custom(
            "a commitment has 64 lower-case hexadecimal digits",
        ))
    }
}
