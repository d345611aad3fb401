//! What every target plays on: one moment, one key that signs whatever it is given, and the ring that knows it.
//! Forbids being shipped; it is a workspace of its own, because it needs a nightly compiler.
//! Start with `fuzz_targets`, each of which says what it asserts; `README.md` says how to run them.

pub mod contract;

use std::{sync::LazyLock, time::Duration};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::{
    key::{Algorithm, Purpose},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_token::{
    corpus::Corpus,
    jwk::{Numbers, PublicJwk},
    policy::Policy,
    ring::VerifierRing,
};

/// The corpus of hostile tokens, from which seeds are taken.
pub const CORPUS: &[u8] = include_bytes!("../../crates/token/tests/vectors/hostile-tokens.json");

/// The moment of everything.
pub const NOW: i64 = 1_800_000_000;
/// Our issuer.
pub const ISSUER: &str = "https://id.gatewright.test";
/// The audience of good tokens.
pub const AUDIENCE: &str = "https://api.gatewright.test/orders/v1";
/// The client of good assertions.
pub const CLIENT: &str = "c_9f2";
/// The address of good proofs.
pub const HTU: &str = "https://api.gatewright.test/orders/v1/items";

/// A private key that was just made and guards nothing.
static PAIR: LazyLock<EcdsaKeyPair> = LazyLock::new(|| {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("the library makes keys")
});

/// The public key of everything that is signed here.
pub static PUBLIC: LazyLock<PublicJwk> = LazyLock::new(|| {
    let (x, y) = PAIR.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (x.to_vec(), y.to_vec());
    PublicJwk::own(Algorithm::Es256, Numbers::Curve { x, y }).expect("a made key is a key")
});

/// The ring that knows the key, which signs for a day now.
pub static RING: LazyLock<VerifierRing> = LazyLock::new(|| {
    let state = VerificationState::Signed {
        from: Timestamp::from_seconds(NOW - 86_400),
        until: None,
    };
    let (kid, jwk) = (PUBLIC.kid().clone(), PUBLIC.to_json());
    let listed = VerificationKey {
        kid,
        jwk,
        purpose: Purpose::Access,
        max_lifetime: None,
        state,
    };
    VerifierRing::of(&[listed]).expect("one key is a ring")
});

/// The policy of good tokens.
pub static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let (leeway, longest) = (Duration::from_secs(30), Duration::from_secs(3600));
    Policy::new(ISSUER.to_owned(), leeway, longest).only_for(vec![AUDIENCE.to_owned()])
});

/// The corpus with its own ring.
pub static HOSTILE: LazyLock<(Corpus, VerifierRing)> = LazyLock::new(|| {
    let corpus = Corpus::read(CORPUS).expect("the corpus is one");
    let ring = VerifierRing::of(&corpus.keys).expect("its keys are a ring");
    (corpus, ring)
});

/// Now.
pub fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

/// base64url, the one form.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of base64url.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Signs whatever header and claims.
pub fn sign(header: &[u8], claims: &[u8]) -> Vec<u8> {
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = PAIR.sign(&SystemRandom::new(), input.as_bytes());
    let signature = signature.expect("a key signs").as_ref().to_vec();
    format!("{input}.{}", encode(signature)).into_bytes()
}

/// The header of a good token.
pub fn good_header() -> String {
    format!(
        r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}"}}"#,
        PUBLIC.kid()
    )
}

/// The claims of a good token.
pub fn good_claims() -> String {
    format!(
        r#"{{"iss":"{ISSUER}","sub":"c_1","aud":"{AUDIENCE}","client_id":"c_1","iat":{NOW},"exp":{},"jti":"j","scope":"orders:v1:read"}}"#,
        NOW + 300
    )
}

/// An input of two parts, a line each: what stands for a header and what stands for claims.
pub fn two_parts(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = input.iter().position(|byte| *byte == b'\n')?;
    Some((&input[..end], &input[end + 1..]))
}

/// Puts our public key where an input says `@KEY@`, so that a mutated header can still bring a key that fits.
pub fn with_key(header: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(header)
        .replace("@KEY@", &bare_key())
        .into_bytes()
}

/// Puts our kid where an input says `@KID@`.
pub fn with_kid(header: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(header)
        .replace("@KID@", PUBLIC.kid().as_str())
        .into_bytes()
}

/// Our public key without name, use and algorithm.
pub fn bare_key() -> String {
    let Numbers::Curve { x, y } = PUBLIC.numbers() else {
        unreachable!("the key is of a curve");
    };
    format!(
        r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#,
        encode(x),
        encode(y)
    )
}

/// What another reader of JSON makes of accepted bytes: it must at least find them to be JSON.
pub fn second_reading(json: &[u8]) -> serde_json::Value {
    serde_json::from_slice(json).expect("what we accept, others can read")
}
