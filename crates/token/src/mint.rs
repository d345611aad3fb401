//! Minting: claims to signed token. The key is opened, tested and used here, and nowhere else.
//!
//! Invariant: no token leaves that our own verifier could not read.

mod held;
mod pair;

use gatewright_domain::{
    key::{Algorithm, Kid},
    secret::Secret,
};

use crate::{
    base64url,
    claims::{AccessClaims, ReadClaims},
    jwk::{NotAJwk, PublicJwk},
    policy::MAX_TOKEN_BYTES,
    refusal::Refusal,
};
pub use held::{Draft, HeldKey};
use pair::Pair;

/// What the key signs to prove that it and its public half belong together.
const SELF_TEST: &[u8] = b"gatewright self-test";

/// A private key that is open: it signs documents with one algorithm, under one name.
pub struct PrivateKey {
    pair: Pair,
    public: PublicJwk,
    header: String,
}

/// What kind of document is signed: the header's `typ`, so that no document passes for one of another kind (RFC 8725
/// section 3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentType {
    /// An access token (RFC 9068).
    AccessToken,
    /// An answer to introspection (RFC 9701).
    Introspection,
    /// A status list of tokens.
    StatusList,
}

impl DocumentType {
    /// The header's `typ`.
    #[must_use]
    pub const fn typ(self) -> &'static str {
        match self {
            Self::AccessToken => "at+jwt",
            Self::Introspection => "token-introspection+jwt",
            Self::StatusList => "statuslist+jwt",
        }
    }
}

/// A key pair that was just made: the private half to be sealed at once, the public half to be published.
#[derive(Debug)]
pub struct NewKey {
    /// The private key, PKCS #8 version 1 in DER.
    pub private: Secret<Vec<u8>>,
    /// The public key, named by its thumbprint.
    pub public: PublicJwk,
}

/// Why a key is not made or not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The crypto library made none.
    #[error("no key could be made")]
    NotMade,
    /// The private key is none of its algorithm.
    #[error("the private key is not a key of {0} in PKCS #8")]
    NotAPrivateKey(Algorithm),
    /// Its public half is none.
    #[error("the public half of the key is not valid")]
    Public(#[source] NotAJwk),
    /// It is another key than the one asked for.
    #[error("the private key is not that of the expected kid")]
    AnotherKey,
    /// What it signs, its public half does not verify.
    #[error("the key failed its self-test")]
    SelfTest,
}

/// Why a token is not signed.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The claims cannot be written.
    #[error("the claims cannot be written as JSON")]
    NotWritten(#[source] serde_json::Error),
    /// Our own verifier would refuse the claims as malformed.
    #[error("the claims would not be accepted: {0}")]
    Refused(Refusal),
    /// The token would be larger than our own verifier takes.
    #[error(
        "the token would have {length} bytes, more than {MAX_TOKEN_BYTES}; ask for fewer scopes"
    )]
    TooLarge {
        /// Its size in bytes.
        length: usize,
    },
    /// The crypto library did not sign.
    #[error("the token could not be signed")]
    NotSigned,
}

/// Makes a new key pair. For RSA this takes long enough to be done on a thread that may wait.
///
/// # Errors
/// `NotMade`, `Public`.
pub fn generate(algorithm: Algorithm) -> Result<NewKey, KeyFault> {
    let pair = Pair::generate(algorithm)?;
    Ok(NewKey {
        private: pair.private()?,
        public: pair.public()?,
    })
}

impl PrivateKey {
    /// Opens the private key of a kid, and has it prove itself.
    ///
    /// # Errors
    /// `NotAPrivateKey`, `Public`, `AnotherKey` and `SelfTest`.
    pub fn open(
        algorithm: Algorithm,
        pkcs8: &Secret<Vec<u8>>,
        kid: &Kid,
    ) -> Result<Self, KeyFault> {
        let pair = Pair::open(algorithm, pkcs8)?;
        let public = pair.public()?;
        if public.kid() != kid {
            return Err(KeyFault::AnotherKey);
        }
        let header = header(&public, DocumentType::AccessToken);
        let key = Self {
            header,
            pair,
            public,
        };
        let proof = key.pair.sign(SELF_TEST).ok_or(KeyFault::SelfTest)?;
        if !key.public.signed(SELF_TEST, &proof) {
            return Err(KeyFault::SelfTest);
        }
        Ok(key)
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicJwk {
        &self.public
    }

    /// Signs a token. The caller has committed its row before (ink before seal), and shows the token once.
    ///
    /// # Errors
    /// Every variant of `MintError`; nothing was signed then.
    pub fn sign(&self, claims: &AccessClaims) -> Result<Secret<String>, MintError> {
        let token = Secret::new(self.compact(&self.header, &readable(claims)?)?);
        fits(&token)?;
        Ok(token)
    }

    /// Signs a document that is not an access token: its claims, as JSON, under a `typ` of its own.
    ///
    /// # Errors
    /// `NotSigned`.
    pub fn sign_document(&self, kind: DocumentType, claims: &[u8]) -> Result<String, MintError> {
        self.compact(&header(&self.public, kind), claims)
    }

    fn compact(&self, header: &str, claims: &[u8]) -> Result<String, MintError> {
        let mut token = input(header, claims);
        let signature = self.pair.sign(token.as_bytes());
        let signature = signature.ok_or(MintError::NotSigned)?;
        token.push('.');
        base64url::append(&signature, &mut token);
        Ok(token)
    }
}

/// The claims as JSON, once our own verifier can read them.
fn readable(claims: &AccessClaims) -> Result<Vec<u8>, MintError> {
    let claims = claims.to_json().map_err(MintError::NotWritten)?;
    ReadClaims::read(&claims).map_err(MintError::Refused)?;
    Ok(claims)
}

/// What is signed, with room for the signature. One allocation, so that growing leaves no copy of the token behind: base64url
/// makes four bytes of three, and no signature of ours has more than 1024 bytes.
fn input(header: &str, claims: &[u8]) -> String {
    let mut input = String::with_capacity(header.len() + claims.len() * 2 + 1400);
    input.push_str(header);
    input.push('.');
    base64url::append(claims, &mut input);
    input
}

fn fits(token: &Secret<String>) -> Result<(), MintError> {
    let length = token.lend(String::len);
    if length > MAX_TOKEN_BYTES {
        return Err(MintError::TooLarge { length });
    }
    Ok(())
}

fn header(public: &PublicJwk, kind: DocumentType) -> String {
    let (algorithm, typ, kid) = (public.algorithm(), kind.typ(), public.kid());
    let header = format!("{{\"alg\":\"{algorithm}\",\"typ\":\"{typ}\",\"kid\":\"{kid}\"}}");
    base64url::encode(header.as_bytes())
}
