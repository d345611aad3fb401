//! Detached Ed25519 signatures (RFC 8032) over whole documents: what a gateway checks a snapshot with, by a key it pinned.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};
use gatewright_domain::secret::Secret;

use crate::base64url;

/// The length of a signature in bytes.
pub const SIGNATURE: usize = 64;

/// A private key that is open: it signs documents.
pub struct DocumentKey(Ed25519KeyPair);

/// The public key that a reader of documents pins, as 43 characters of base64url.
#[derive(Clone)]
pub struct PinnedKey(ParsedPublicKey);

/// Why a document or a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetachedFault {
    /// The crypto library made no key.
    #[error("no key could be made")]
    NotMade,
    /// The private key is no Ed25519 key in PKCS #8.
    #[error("the private key is not an Ed25519 key in PKCS #8")]
    NotAPrivateKey,
    /// The public key is not 32 bytes in base64url.
    #[error("not a pinned key: expected 43 characters of base64url")]
    NotAPinnedKey,
    /// The signature is not that of the pinned key over this document.
    #[error("the document was not signed by the pinned key, or was altered")]
    NotSigned,
}

impl DocumentKey {
    /// Makes a new key pair: the private half, PKCS #8 version 1 in DER, to be sealed at once.
    ///
    /// # Errors
    /// `NotMade`.
    pub fn generate() -> Result<Secret<Vec<u8>>, DetachedFault> {
        // Version 1, because the version 2 that the library makes by default is not read by every tool.
        let pair = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1());
        let private = pair.map_err(|_| DetachedFault::NotMade)?;
        Ok(Secret::new(private.as_ref().to_vec()))
    }

    /// Opens a private key.
    ///
    /// # Errors
    /// `NotAPrivateKey`.
    pub fn open(pkcs8: &Secret<Vec<u8>>) -> Result<Self, DetachedFault> {
        pkcs8
            .lend(|der| Ed25519KeyPair::from_pkcs8(der))
            .map(Self)
            .map_err(|_| DetachedFault::NotAPrivateKey)
    }

    /// The public half, to be pinned.
    ///
    /// # Errors
    /// `NotAPinnedKey`, which no key of `open` gives.
    pub fn pinned(&self) -> Result<PinnedKey, DetachedFault> {
        PinnedKey::of(self.0.public_key().as_ref())
    }

    /// Signs a document, giving 64 bytes.
    #[must_use]
    pub fn sign(&self, document: &[u8]) -> Vec<u8> {
        self.0.sign(document).as_ref().to_vec()
    }
}

impl PinnedKey {
    /// Checks that a document is as its signer made it.
    ///
    /// # Errors
    /// `NotSigned`.
    pub fn verify(&self, document: &[u8], signature: &[u8]) -> Result<(), DetachedFault> {
        self.0
            .verify_sig(document, signature)
            .map_err(|_| DetachedFault::NotSigned)
    }

    fn of(bytes: &[u8]) -> Result<Self, DetachedFault> {
        // The library would also take longer encodings of a key; a pin has one form.
        if bytes.len() != 32 {
            return Err(DetachedFault::NotAPinnedKey);
        }
        let parsed = ParsedPublicKey::new(&ED25519, bytes);
        parsed.map(Self).map_err(|_| DetachedFault::NotAPinnedKey)
    }
}

impl FromStr for PinnedKey {
    type Err = DetachedFault;

    fn from_str(text: &str) -> Result<Self, DetachedFault> {
        let bytes = base64url::decode(text.as_bytes());
        Self::of(&bytes.ok_or(DetachedFault::NotAPinnedKey)?)
    }
}

impl fmt::Display for PinnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(self.0.as_ref()))
    }
}

impl fmt::Debug for PinnedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
