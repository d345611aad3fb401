//! Minting: claims to signed token. The key is opened, tested and used here, and nowhere else.
//!
//! Invariant: no token leaves that our own verifier could not read.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use gatewright_domain::{key::Kid, secret::Secret};

use crate::{
    algorithm::Algorithm,
    base64url,
    claims::{AccessClaims, ReadClaims},
    jwk::{NotAJwk, Numbers, PublicJwk},
    policy::MAX_TOKEN_BYTES,
    refusal::Refusal,
};

/// What the key signs to prove that it and its public half belong together.
const SELF_TEST: &[u8] = b"gatewright self-test";

/// The length of a coordinate of P-256.
const FIELD: usize = 32;

/// A private key that is open: it signs tokens of one algorithm, under one name.
pub struct PrivateKey {
    pair: EcdsaKeyPair,
    public: PublicJwk,
    header: String,
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
    /// The private key is no P-256 key in PKCS #8.
    #[error("the private key is not a P-256 key in PKCS #8")]
    NotAPrivateKey,
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

/// Makes a new ES256 key pair.
///
/// # Errors
/// `NotMade`, `Public`.
pub fn generate() -> Result<NewKey, KeyFault> {
    let pair =
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| KeyFault::NotMade)?;
    let private = pair.to_pkcs8v1().map_err(|_| KeyFault::NotMade)?;
    Ok(NewKey {
        private: Secret::new(private.as_ref().to_vec()),
        public: public(&pair)?,
    })
}

impl PrivateKey {
    /// Opens the private key of a kid, and has it prove itself.
    ///
    /// # Errors
    /// `NotAPrivateKey`, `Public`, `AnotherKey` and `SelfTest`.
    pub fn open(pkcs8: &Secret<Vec<u8>>, kid: &Kid) -> Result<Self, KeyFault> {
        let pair = pkcs8
            .lend(|der| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der))
            .map_err(|_| KeyFault::NotAPrivateKey)?;
        let public = public(&pair)?;
        if public.kid() != kid {
            return Err(KeyFault::AnotherKey);
        }
        let header = format!(
            "{{\"alg\":\"{}\",\"typ\":\"at+jwt\",\"kid\":\"{kid}\"}}",
            public.algorithm()
        );
        let key = Self {
            header: base64url::encode(header.as_bytes()),
            pair,
            public,
        };
        let proof = key.signature(SELF_TEST).ok_or(KeyFault::SelfTest)?;
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
        let claims = claims.to_json().map_err(MintError::NotWritten)?;
        ReadClaims::read(&claims).map_err(MintError::Refused)?;
        // One allocation, so that growing leaves no copy of the token behind.
        let mut token = String::with_capacity(self.header.len() + claims.len() * 2 + 128);
        token.push_str(&self.header);
        token.push('.');
        base64url::append(&claims, &mut token);
        let signature = self
            .signature(token.as_bytes())
            .ok_or(MintError::NotSigned)?;
        token.push('.');
        base64url::append(&signature, &mut token);
        let length = token.len();
        let token = Secret::new(token);
        if length > MAX_TOKEN_BYTES {
            return Err(MintError::TooLarge { length });
        }
        Ok(token)
    }

    /// The signature in its JWS form, `R || S`.
    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.pair.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    }
}

fn public(pair: &EcdsaKeyPair) -> Result<PublicJwk, KeyFault> {
    let point = pair.public_key().as_ref();
    // An uncompressed point: a 4 and the two coordinates (SEC 1 section 2.3.3).
    let coordinates = point
        .split_first()
        .and_then(|(_, rest)| rest.split_at_checked(FIELD));
    let (x, y) = coordinates.ok_or(KeyFault::Public(NotAJwk::Invalid))?;
    let numbers = Numbers::Curve {
        x: x.to_vec(),
        y: y.to_vec(),
    };
    PublicJwk::own(Algorithm::Es256, numbers).map_err(KeyFault::Public)
}
