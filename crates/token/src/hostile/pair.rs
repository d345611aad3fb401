//! A key pair of a sandbox.

use crate::{
    base64url,
    jwk::{Numbers, PublicJwk},
};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding, RsaKeyPair,
    },
};
use gatewright_domain::key::Algorithm;

/// The length of a coordinate of P-256.
const FIELD: usize = 32;

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxFault {
    /// Its tokens are to be signed with something a sandbox does not have.
    #[error("a sandbox signs with ES256 or RS256")]
    Algorithm,
    /// The crypto library made or wrote no key.
    #[error("no key could be made for the sandbox")]
    NotMade,
    /// A private key of the file is none.
    #[error("a private key of the sandbox cannot be read")]
    NotAKey,
    /// The file is no sandbox.
    #[error("the file is not a sandbox")]
    NotASandbox(#[source] serde_json::Error),
    /// It is of another format.
    #[error("the file's schema is not gatewright-sandbox/1")]
    Schema,
}

enum Private {
    Curve(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

pub(super) struct Pair {
    private: Private,
    public: PublicJwk,
}

impl Pair {
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self, SandboxFault> {
        let not_made = |_| SandboxFault::NotMade;
        match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                Self::of_curve(pair.map_err(not_made)?)
            }
            Algorithm::Rs256 => {
                Self::of_rsa(RsaKeyPair::generate(rsa::KeySize::Rsa2048).map_err(not_made)?)
            }
            Algorithm::Es384 | Algorithm::EdDsa | Algorithm::Ps256 => Err(SandboxFault::Algorithm),
        }
    }

    pub(super) fn open(algorithm: Algorithm, text: &str) -> Result<Self, SandboxFault> {
        let der = base64url::decode(text.as_bytes()).ok_or(SandboxFault::NotAKey)?;
        match algorithm {
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
                Self::of_curve(pair.map_err(|_| SandboxFault::NotAKey)?)
            }
            Algorithm::Rs256 => {
                Self::of_rsa(RsaKeyPair::from_pkcs8(&der).map_err(|_| SandboxFault::NotAKey)?)
            }
            Algorithm::Es384 | Algorithm::EdDsa | Algorithm::Ps256 => Err(SandboxFault::Algorithm),
        }
    }

    fn of_curve(pair: EcdsaKeyPair) -> Result<Self, SandboxFault> {
        let point = pair.public_key().as_ref();
        let coordinates = point
            .split_first()
            .and_then(|(_, rest)| rest.split_at_checked(FIELD));
        let (x, y) = coordinates.ok_or(SandboxFault::NotAKey)?;
        let numbers = Numbers::Curve {
            x: x.to_vec(),
            y: y.to_vec(),
        };
        let public = PublicJwk::own(Algorithm::Es256, numbers);
        Ok(Self {
            public: public.map_err(|_| SandboxFault::NotAKey)?,
            private: Private::Curve(pair),
        })
    }

    fn of_rsa(pair: RsaKeyPair) -> Result<Self, SandboxFault> {
        let numbers = Numbers::Rsa {
            n: pair
                .public_key()
                .modulus()
                .big_endian_without_leading_zero()
                .to_vec(),
            e: pair
                .public_key()
                .exponent()
                .big_endian_without_leading_zero()
                .to_vec(),
        };
        let public = PublicJwk::own(Algorithm::Rs256, numbers);
        Ok(Self {
            public: public.map_err(|_| SandboxFault::NotAKey)?,
            private: Private::Rsa(pair),
        })
    }

    pub(super) fn to_text(&self) -> Result<String, SandboxFault> {
        let der = match &self.private {
            Private::Curve(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Private::Rsa(pair) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| der.as_ref().to_vec())
            }
        };
        let der = der.map_err(|_| SandboxFault::NotMade)?;
        Ok(base64url::encode(&der))
    }

    pub(super) fn public(&self) -> &PublicJwk {
        &self.public
    }

    /// The signature of the pair's own algorithm, in its JWS form. Empty if the library would not sign, which leaves a token
    /// that is refused all the same.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.private {
            Private::Curve(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec())
                .unwrap_or_default(),
            Private::Rsa(pair) => sign_rsa(pair, &RSA_PKCS1_SHA256, message),
        }
    }

    /// The signature of another algorithm that the same key could make; nothing for a curve, whose key makes one only.
    pub(super) fn sign_otherwise(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.private {
            Private::Curve(_) => None,
            Private::Rsa(pair) => Some(sign_rsa(pair, &RSA_PSS_SHA256, message)),
        }
    }
}

fn sign_rsa(pair: &RsaKeyPair, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    let signed = pair.sign(padding, &SystemRandom::new(), message, &mut signature);
    signed.map(|()| signature).unwrap_or_default()
}

/// HMAC-SHA-256, as a verifier computes it that takes a public key for a shared secret.
pub(super) fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::sign(&key, message).as_ref().to_vec()
}
