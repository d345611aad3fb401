//! A secret that an outside issuer shares with us: whoever holds it can mint tokens, and so can we.

use std::fmt;

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use gatewright_domain::{key::Kid, secret::Secret};

/// The shortest secret: as many bytes as the hash has (RFC 7518 section 3.2). A shorter one can be found by trying, from any
/// one token.
const SHORTEST: usize = 32;

/// The longest: HMAC hashes longer keys anyway.
const LONGEST: usize = 1024;

/// The secret of one issuer, under a name that says nothing about it.
pub struct SharedSecret {
    name: Kid,
    /// On the heap, because the library keeps the state of two hashes in it.
    key: Box<Key>,
}

/// Why a text is no secret to share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASharedSecret {
    /// It can be guessed.
    #[error(
        "the secret must have {SHORTEST} to {LONGEST} bytes; draw one with: openssl rand -base64 48"
    )]
    Length,
    /// It is one character, again and again.
    #[error("the secret repeats one character; draw one with: openssl rand -base64 48")]
    Trivial,
    /// Everybody knows it.
    #[error("this is a key and not a secret: register the issuer by its key set instead")]
    AKey,
}

impl SharedSecret {
    /// The one algorithm it is used with.
    pub const ALGORITHM: &'static str = "HS256";

    /// The secret of these bytes, which are used as they are.
    ///
    /// # Errors
    /// Every variant of `NotASharedSecret`.
    pub fn of(name: Kid, bytes: &Secret<Vec<u8>>) -> Result<Self, NotASharedSecret> {
        bytes.lend(|bytes| {
            fit(bytes)?;
            let key = Box::new(Key::new(HMAC_SHA256, bytes));
            Ok(Self { name, key })
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &Kid {
        &self.name
    }

    /// Whether somebody who knows it signed these bytes. Compared in constant time.
    pub(super) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.key, message, signature).is_ok()
    }
}

/// A public key pasted where a secret belongs is the confusion that let forged tokens pass elsewhere (CVE-2015-9235).
fn fit(bytes: &[u8]) -> Result<(), NotASharedSecret> {
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"-----BEGIN") || text.starts_with(b"ssh-") || text.starts_with(b"{") {
        return Err(NotASharedSecret::AKey);
    }
    if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
        return Err(NotASharedSecret::Length);
    }
    if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
        return Err(NotASharedSecret::Trivial);
    }
    Ok(())
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedSecret({})", self.name)
    }
}
