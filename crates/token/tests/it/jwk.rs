//! Keys and key sets: canonical, named by their thumbprint, and never private.

use gatewright_domain::key::{Algorithm, KeyStateName};
use gatewright_token::{
    jwk::{NotAJwk, Numbers, PublicJwk},
    jwks::{self, Jwks, NotAKeySet},
    mint,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::decode;

const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key of RFC 7638 section 3.1.
const RFC_7638_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

fn rsa() -> Value {
    json!({ "kty": "RSA", "n": RFC_7638_N, "e": "AQAB", "alg": "RS256", "use": "sig", "kid": "2011-04-29" })
}

fn ec() -> Value {
    serde_json::from_str(&crate::stage::key().public().to_json()).unwrap()
}

fn read(jwk: &Value) -> Result<PublicJwk, NotAJwk> {
    jwk.to_string().parse()
}

fn changed(mut jwk: Value, name: &str, value: impl Into<Value>) -> Result<PublicJwk, NotAJwk> {
    jwk[name] = value.into();
    read(&jwk)
}

#[test]
fn a_thumbprint_is_that_of_the_rfcs() {
    let rsa = read(&rsa()).unwrap();
    assert_eq!(
        rsa.thumbprint(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
    // RFC 8037 appendix A.3.
    let x = decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    let ed = PublicJwk::own(Algorithm::EdDsa, Numbers::Edwards { x }).unwrap();
    assert_eq!(
        ed.kid().as_str(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    assert_eq!(ed.thumbprint(), ed.kid().as_str());
}

#[test]
fn a_key_reads_back_what_it_shows() {
    let own = mint::generate(Algorithm::Es256).unwrap().public;
    assert_eq!(own.to_json().parse(), Ok(own));
    let foreign = read(&rsa()).unwrap();
    assert_eq!(foreign.to_json().parse(), Ok(foreign));
}

#[test]
fn a_key_with_a_private_member_is_refused_whatever_it_holds() {
    for name in PRIVATE {
        for value in [json!("AA"), json!(null), json!([])] {
            assert_eq!(changed(ec(), name, value), Err(NotAJwk::Private(name)));
        }
    }
}

#[test]
fn a_key_says_what_it_is_for() {
    assert_eq!(changed(ec(), "use", "enc"), Err(NotAJwk::NotForSignatures));
    assert_eq!(
        changed(ec(), "use", json!(null)),
        Err(NotAJwk::Missing("use"))
    );
    assert_eq!(changed(ec(), "alg", "HS256"), Err(NotAJwk::Algorithm));
    assert_eq!(changed(ec(), "alg", "none"), Err(NotAJwk::Algorithm));
    assert_eq!(changed(ec(), "alg", "ES384"), Err(NotAJwk::Type));
    assert_eq!(changed(ec(), "alg", "RS256"), Err(NotAJwk::Type));
    assert_eq!(changed(ec(), "crv", "P-384"), Err(NotAJwk::Type));
    assert_eq!(changed(ec(), "kid", "a b"), Err(NotAJwk::Kid));
    assert_eq!(
        changed(ec(), "x5c", json!([])),
        read(&ec()),
        "unknown members are ignored"
    );
    let twice = ec().to_string().replacen('{', "{\"kty\":\"EC\",", 1);
    assert!(matches!(
        twice.parse::<PublicJwk>(),
        Err(NotAJwk::NotJson(_))
    ));
}

#[test]
fn a_number_is_written_in_one_way() {
    let ec = ec();
    let x = ec["x"].as_str().unwrap();
    let with_zero = crate::stage::encode([&[0][..], &decode(x)].concat());
    assert_eq!(
        changed(ec.clone(), "x", with_zero),
        Err(NotAJwk::Number("x"))
    );
    assert_eq!(
        changed(ec.clone(), "x", format!("{x}=")),
        Err(NotAJwk::Number("x"))
    );
    assert_eq!(changed(ec.clone(), "y", "AA"), Err(NotAJwk::Number("y")));
    assert_eq!(
        changed(ec.clone(), "y", x),
        Err(NotAJwk::Invalid),
        "not on the curve"
    );
    let padded = crate::stage::encode([&[0][..], &decode(RFC_7638_N)].concat());
    assert_eq!(changed(rsa(), "n", padded), Err(NotAJwk::Number("n")));
    assert_eq!(changed(rsa(), "e", "AAEAAQ"), Err(NotAJwk::Number("e")));
    assert_eq!(changed(rsa(), "e", "Aw"), Err(NotAJwk::Exponent));
    assert_eq!(changed(rsa(), "e", "AQAC"), Err(NotAJwk::Exponent));
}

#[test]
fn a_weak_rsa_key_is_refused() {
    let mut short = decode(RFC_7638_N);
    short.truncate(128);
    assert_eq!(
        changed(rsa(), "n", crate::stage::encode(&short)),
        Err(NotAJwk::Number("n"))
    );
    let mut bits_2047 = decode(RFC_7638_N);
    bits_2047[0] = 0x7f;
    let bits_2047 = crate::stage::encode(&bits_2047);
    assert_eq!(changed(rsa(), "n", bits_2047), Err(NotAJwk::Number("n")));
}

#[test]
fn the_active_key_comes_first_and_the_tag_is_that_of_the_bytes() {
    let [a, b, c] = [(); 3].map(|()| mint::generate(Algorithm::Es256).unwrap().public);
    let set = Jwks::of([
        (KeyStateName::Deactivated, a.clone()),
        (KeyStateName::Published, b.clone()),
        (KeyStateName::Active, c.clone()),
    ])
    .unwrap();
    assert_eq!(
        jwks::read(set.body().as_bytes()).unwrap(),
        [c, b, a.clone()]
    );
    let digest = gatewright_domain::digest::sha256_hex(set.body().as_bytes());
    assert_eq!(set.etag(), format!("\"{digest}\""));
    let twice = [
        (KeyStateName::Active, a.clone()),
        (KeyStateName::Published, a.clone()),
    ];
    assert_eq!(Jwks::of(twice), Err(NotAKeySet::Twice(a.kid().clone())));
}

#[test]
fn a_key_set_is_read_whole_or_not_at_all() {
    let keys = |keys: Value| jwks::read(json!({ "keys": keys }).to_string().as_bytes());
    assert_eq!(keys(json!([ec(), rsa()])).unwrap().len(), 2);
    let twice = keys(json!([ec(), ec()]));
    assert!(matches!(twice, Err(NotAKeySet::Twice(_))));
    let mut private = rsa();
    private["d"] = "AA".into();
    let cause = NotAJwk::Private("d");
    assert_eq!(
        keys(json!([ec(), private])),
        Err(NotAKeySet::Key { index: 1, cause })
    );
    assert_eq!(keys(json!(["a"])), Err(NotAKeySet::NoKeys));
    assert_eq!(jwks::read(b"{\"keys\":{}}"), Err(NotAKeySet::NoKeys));
    assert!(matches!(jwks::read(b"[]"), Err(NotAKeySet::NotJson(_))));
    assert_eq!(jwks::read(&[b' '; 70_000]), Err(NotAKeySet::TooLarge));
}

fn states() -> impl Strategy<Value = Vec<KeyStateName>> {
    let state = prop_oneof![
        Just(KeyStateName::Published),
        Just(KeyStateName::Active),
        Just(KeyStateName::Staged),
        Just(KeyStateName::Suspended),
        Just(KeyStateName::Deactivated),
        Just(KeyStateName::Retired),
        Just(KeyStateName::Compromised),
    ];
    proptest::collection::vec(state, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_key_set_holds_the_living_and_nothing_private(states in states()) {
        let keys: Vec<_> = states
            .into_iter()
            .map(|state| (state, mint::generate(Algorithm::Es256).unwrap().public))
            .collect();
        let set = Jwks::of(keys.clone()).unwrap();
        let body: Value = serde_json::from_str(set.body()).unwrap();
        let listed = body["keys"].as_array().unwrap();
        let over = [KeyStateName::Staged, KeyStateName::Retired, KeyStateName::Compromised];
        let living = |state| !over.contains(&state);
        prop_assert_eq!(listed.len(), keys.iter().filter(|(state, _)| living(*state)).count());
        for key in listed {
            let key = key.as_object().unwrap();
            prop_assert!(PRIVATE.iter().all(|name| !key.contains_key(*name)));
            prop_assert_eq!(&key["use"], "sig");
            prop_assert!(key.contains_key("kid") && key.contains_key("alg"));
        }
    }
}
