//! A sender of bound tokens: it holds a key and proves so with every request, rightly or, when a test asks, wrongly.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::time::Timestamp;
use serde_json::{Value, json};

/// A key pair of a sender (ES256).
pub struct Sender(EcdsaKeyPair);

impl Sender {
    /// A sender with a new key.
    ///
    /// # Errors
    /// When the crypto library makes none.
    pub fn new() -> anyhow::Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        Ok(Self(pair))
    }

    /// Its public key as a JWK.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let (x, y) = self.coordinates();
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    /// The thumbprint of its key (RFC 7638), to which tokens are bound.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let (x, y) = self.coordinates();
        hash(&format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#
        ))
    }

    /// The claims of a good proof; `ath` only where a token is sent with it.
    #[must_use]
    pub fn claims(
        method: &str,
        htu: &str,
        token: Option<&str>,
        jti: &str,
        now: Timestamp,
    ) -> Value {
        let mut claims = json!({ "htm": method, "htu": htu, "jti": jti, "iat": now.seconds() });
        if let (Some(token), Value::Object(members)) = (token, &mut claims) {
            members.insert("ath".to_owned(), hash(token).into());
        }
        claims
    }

    /// A DPoP proof that says this (RFC 9449).
    ///
    /// # Errors
    /// When the crypto library does not sign.
    pub fn proof(&self, claims: &Value) -> anyhow::Result<String> {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() });
        self.sign(&header, claims)
    }

    /// A JWT of this header and these claims, signed by its key.
    ///
    /// # Errors
    /// When the crypto library does not sign.
    pub fn sign(&self, header: &Value, claims: &Value) -> anyhow::Result<String> {
        let [header, claims] = [header, claims].map(|part| encode(part.to_string().as_bytes()));
        let input = format!("{header}.{claims}");
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes())?;
        Ok(format!("{input}.{}", encode(signature.as_ref())))
    }

    fn coordinates(&self) -> (String, String) {
        let point = self.0.public_key().as_ref();
        // An uncompressed point: a 4 and the two coordinates (SEC 1 section 2.3.3).
        let (x, y) = point.split_at(33);
        (encode(x.get(1..).unwrap_or_default()), encode(y))
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn hash(text: &str) -> String {
    encode(digest(&SHA256, text.as_bytes()).as_ref())
}
