//! The key pairs of the key service, which really sign: rightly, as they are asked, or wrongly, as a test asks.

use std::{fs, process::Command};

use anyhow::{Result, bail, ensure};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
        ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A key pair of a type.
#[derive(Debug)]
pub(super) enum Pair {
    /// The curve, with the same key for both ways of writing its signatures.
    Curve {
        fixed: EcdsaKeyPair,
        asn1: EcdsaKeyPair,
    },
    Edwards(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

/// How something is to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// ECDSA as `R || S`, Ed25519 as it is.
    Fixed,
    /// ECDSA in DER.
    Asn1,
    Pkcs1,
    /// PSS with a salt as long as the hash.
    Pss,
    /// PSS with the longest salt that fits.
    PssLong,
}

impl Pair {
    pub(super) fn generate(kind: &str) -> Result<Self> {
        let curve = |fixed: &'static EcdsaSigningAlgorithm,
                     asn1: &'static EcdsaSigningAlgorithm|
         -> Result<Self> {
            let fixed = EcdsaKeyPair::generate(fixed)?;
            let asn1 = EcdsaKeyPair::from_pkcs8(asn1, fixed.to_pkcs8v1()?.as_ref())?;
            Ok(Self::Curve { fixed, asn1 })
        };
        match kind {
            "ecdsa-p256" => curve(
                &ECDSA_P256_SHA256_FIXED_SIGNING,
                &ECDSA_P256_SHA256_ASN1_SIGNING,
            ),
            "ecdsa-p384" => curve(
                &ECDSA_P384_SHA384_FIXED_SIGNING,
                &ECDSA_P384_SHA384_ASN1_SIGNING,
            ),
            "ed25519" => Ok(Self::Edwards(Ed25519KeyPair::generate()?)),
            "rsa-3072" => Ok(Self::Rsa(RsaKeyPair::generate(KeySize::Rsa3072)?)),
            other => bail!("{other} does not sign"),
        }
    }

    /// The public half as the service shows it.
    pub(super) fn public(&self) -> Result<String> {
        let der = match self {
            Self::Edwards(pair) => return Ok(STANDARD.encode(pair.public_key())),
            Self::Curve { fixed, .. } => AsDer::<PublicKeyX509Der<'_>>::as_der(fixed.public_key())?
                .as_ref()
                .to_vec(),
            Self::Rsa(pair) => AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?
                .as_ref()
                .to_vec(),
        };
        let body = STANDARD.encode(der);
        Ok(format!(
            "-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
        ))
    }

    pub(super) fn sign(&self, input: &[u8], how: How) -> Result<Vec<u8>> {
        let random = SystemRandom::new();
        match (self, how) {
            (Self::Curve { asn1, .. }, How::Asn1) => {
                Ok(asn1.sign(&random, input)?.as_ref().to_vec())
            }
            (Self::Curve { fixed, .. }, _) => Ok(fixed.sign(&random, input)?.as_ref().to_vec()),
            (Self::Edwards(pair), _) => Ok(pair.sign(input).as_ref().to_vec()),
            (Self::Rsa(pair), How::PssLong) => with_a_long_salt(pair, input),
            (Self::Rsa(pair), how) => {
                let padding: &'static dyn RsaEncoding = match how {
                    How::Pkcs1 => &RSA_PKCS1_SHA256,
                    How::Fixed | How::Asn1 | How::Pss | How::PssLong => &RSA_PSS_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, input, &mut signature)?;
                Ok(signature)
            }
        }
    }
}

/// The crypto library signs with no such salt, but the tool of another does.
fn with_a_long_salt(pair: &RsaKeyPair, input: &[u8]) -> Result<Vec<u8>> {
    let home = tempfile::tempdir()?;
    let (key, message) = (home.path().join("key"), home.path().join("message"));
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(pair)?;
    let body = STANDARD.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
    fs::write(&key, pem)?;
    fs::write(&message, input)?;
    let signed = Command::new("openssl")
        .args(["dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss"])
        .args(["-sigopt", "rsa_pss_saltlen:max", "-sign"])
        .args([&key, &message])
        .output()?;
    ensure!(signed.status.success(), "{signed:?}");
    Ok(signed.stdout)
}
