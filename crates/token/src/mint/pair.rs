//! A key pair of any of our algorithms: made, opened, and signing in the JWS form of RFC 7518 section 3.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding, RsaKeyPair,
    },
};
use gatewright_domain::{key::Algorithm, secret::Secret};

use crate::{
    jwk::{NotAJwk, Numbers, PublicJwk},
    mint::KeyFault,
};

/// A key pair.
pub(super) enum Pair {
    Ecdsa(EcdsaKeyPair, Algorithm),
    Edwards(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>, Algorithm),
}

impl Pair {
    /// Makes one. An RSA key of 2048 bits takes a tenth of a second and more, the others next to nothing.
    pub(super) fn generate(algorithm: Algorithm) -> Result<Self, KeyFault> {
        let made = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => {
                EcdsaKeyPair::generate(curve(algorithm)).map(|pair| Self::Ecdsa(pair, algorithm))
            }
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Self::Edwards),
            Algorithm::Rs256 | Algorithm::Ps256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .map(|pair| Self::Rsa(Box::new(pair), algorithm)),
        };
        made.map_err(|_| KeyFault::NotMade)
    }

    /// Opens one from PKCS #8 in DER.
    pub(super) fn open(algorithm: Algorithm, pkcs8: &Secret<Vec<u8>>) -> Result<Self, KeyFault> {
        let opened = pkcs8.lend(|der| match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => EcdsaKeyPair::from_pkcs8(curve(algorithm), der)
                .map(|pair| Self::Ecdsa(pair, algorithm)),
            // Version 1, which we write because others read it, has no public half to be checked against; the self-test
            // of the open key does that.
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Self::Edwards),
            Algorithm::Rs256 | Algorithm::Ps256 => {
                RsaKeyPair::from_pkcs8(der).map(|pair| Self::Rsa(Box::new(pair), algorithm))
            }
        });
        opened.map_err(|_| KeyFault::NotAPrivateKey(algorithm))
    }

    /// The private half, PKCS #8 version 1 in DER.
    pub(super) fn private(&self) -> Result<Secret<Vec<u8>>, KeyFault> {
        let der = match self {
            Self::Ecdsa(pair, _) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Self::Edwards(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Self::Rsa(pair, _) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(&**pair).map(|der| der.as_ref().to_vec())
            }
        };
        Ok(Secret::new(der.map_err(|_| KeyFault::NotMade)?))
    }

    /// The public half.
    pub(super) fn public(&self) -> Result<PublicJwk, KeyFault> {
        let (algorithm, numbers) = match self {
            Self::Ecdsa(pair, algorithm) => (*algorithm, point(pair.public_key().as_ref())),
            Self::Edwards(pair) => {
                let x = pair.public_key().as_ref().to_vec();
                (Algorithm::EdDsa, Some(Numbers::Edwards { x }))
            }
            Self::Rsa(pair, algorithm) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                let numbers = Numbers::Rsa {
                    n: n.big_endian_without_leading_zero().to_vec(),
                    e: e.big_endian_without_leading_zero().to_vec(),
                };
                (*algorithm, Some(numbers))
            }
        };
        let numbers = numbers.ok_or(KeyFault::Public(NotAJwk::Invalid))?;
        PublicJwk::own(algorithm, numbers).map_err(KeyFault::Public)
    }

    /// The signature in its JWS form: `R || S`, Ed25519 or RSA.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair, _) => {
                let signature = pair.sign(&random, message).ok()?;
                Some(signature.as_ref().to_vec())
            }
            Self::Edwards(pair) => Some(pair.try_sign(message).ok()?.as_ref().to_vec()),
            Self::Rsa(pair, algorithm) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding(*algorithm), &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
        }
    }
}

fn curve(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    if algorithm == Algorithm::Es384 {
        &ECDSA_P384_SHA384_FIXED_SIGNING
    } else {
        &ECDSA_P256_SHA256_FIXED_SIGNING
    }
}

fn padding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    if algorithm == Algorithm::Ps256 {
        &RSA_PSS_SHA256
    } else {
        &RSA_PKCS1_SHA256
    }
}

/// The coordinates of an uncompressed point: a 4 and two numbers of one length (SEC 1 section 2.3.3).
fn point(uncompressed: &[u8]) -> Option<Numbers> {
    let (_, coordinates) = uncompressed.split_first()?;
    let (x, y) = coordinates.split_at_checked(coordinates.len() / 2)?;
    Some(Numbers::Curve {
        x: x.to_vec(),
        y: y.to_vec(),
    })
}
