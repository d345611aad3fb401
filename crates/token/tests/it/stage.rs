//! One key, one ring, one policy and one moment, on which every test plays.

use std::time::Duration;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::{
    key::{Algorithm, Purpose},
    secret::Secret,
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_token::{
    claims::AccessClaims,
    mint::PrivateKey,
    policy::Policy,
    refusal::Refusal,
    ring::VerifierRing,
    verify::{Verified, verify},
};
use serde_json::{Value, json};

/// A private key that was made to be published here and guards nothing.
pub(crate) const PKCS8: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgER6-NzuuAnwhen7BVQWTc_09QxmRWoAl0_PLaDNK6K6hRANCAASOgsF84yZqtW7Tq3T34E7mS8YHSVWtMNqZybZAhe1auZ0k1cr_QJ-Qiq87xEAM3CwAcMW0DqEj0rgtogWHLvSi";

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://id.gatewright.test";
pub(crate) const AUDIENCE: &str = "https://api.gatewright.test/orders/v1";

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The kid of the key.
pub(crate) fn kid() -> String {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &decode(PKCS8)).unwrap();
    let point = aws_lc_rs::signature::KeyPair::public_key(&pair)
        .as_ref()
        .to_vec();
    let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        canonical.as_bytes(),
    ))
}

pub(crate) fn key() -> PrivateKey {
    let private = Secret::new(decode(PKCS8));
    PrivateKey::open(Algorithm::Es256, &private, &kid().parse().unwrap()).unwrap()
}

/// The ring of that key, which signs for a day now.
pub(crate) fn ring() -> VerifierRing {
    ring_in(VerificationState::Signed {
        from: at(NOW - 86_400),
        until: None,
    })
}

pub(crate) fn ring_in(state: VerificationState) -> VerifierRing {
    let key = key();
    VerifierRing::of(&[VerificationKey {
        kid: key.public().kid().clone(),
        jwk: key.public().to_json(),
        purpose: Purpose::Access,
        max_lifetime: None,
        state,
    }])
    .unwrap()
}

pub(crate) fn policy() -> Policy {
    let (leeway, longest) = (Duration::from_secs(30), Duration::from_secs(3600));
    Policy::new(ISSUER.to_owned(), leeway, longest).only_for(vec![AUDIENCE.to_owned()])
}

pub(crate) fn claims() -> AccessClaims {
    AccessClaims {
        issuer: ISSUER.to_owned(),
        subject: "c_9f2".to_owned(),
        audience: vec![AUDIENCE.to_owned()],
        client_id: "c_9f2".to_owned(),
        issued: at(NOW - 60),
        expires: at(NOW + 240),
        not_before: None,
        jti: "abcdefghijklmnopqrstuv".to_owned(),
        scopes: vec!["orders:v1:read".to_owned(), "orders:v1:write".to_owned()],
        session: None,
        binding: None,
        actors: Vec::new(),
        signed_in: None,
        status: None,
    }
}

pub(crate) fn mint(claims: &AccessClaims) -> String {
    key().sign(claims).unwrap().lend(String::clone)
}

pub(crate) fn judge(token: impl AsRef<[u8]>) -> Result<Verified, Refusal> {
    verify(token.as_ref(), &ring(), &policy(), at(NOW))
}

/// Signs whatever header and claims, as somebody would who holds the key and keeps no rule.
pub(crate) fn forge(header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &decode(PKCS8)).unwrap();
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature))
}

/// A good header with one member put in, put in its place, or (for null) taken out.
pub(crate) fn header_with(name: &str, value: Value) -> String {
    with(
        json!({ "alg": "ES256", "typ": "at+jwt", "kid": kid() }),
        name,
        value,
    )
}

/// Good claims with one claim put in, put in its place, or (for null) taken out.
pub(crate) fn claims_with(name: &str, value: Value) -> String {
    let claims = json!({
        "iss": ISSUER, "sub": "c_9f2", "aud": AUDIENCE, "client_id": "c_9f2",
        "iat": NOW - 60, "exp": NOW + 240, "jti": "abcdefghijklmnopqrstuv", "scope": "orders:v1:read",
    });
    with(claims, name, value)
}

pub(crate) fn good_header() -> String {
    header_with("absent", Value::Null)
}

pub(crate) fn good_claims() -> String {
    claims_with("absent", Value::Null)
}

/// An object with one member put in, put in its place, or (for null) taken out.
pub(crate) fn with(mut object: Value, name: &str, value: Value) -> String {
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    object.to_string()
}
