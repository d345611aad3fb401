//! Key sets of others: lenient where the RFC is, never where something private shows.

use gatewright_domain::key::Algorithm;
use gatewright_token::{
    foreign::{ForeignKeys, NotForeignKeys},
    jwk::NotAJwk,
};
use serde_json::{Value, json};

use crate::{signer::Signer, stage::encode};

fn read(keys: Value) -> Result<ForeignKeys, NotForeignKeys> {
    ForeignKeys::read(json!({ "keys": keys }).to_string().as_bytes())
}

fn algorithms(keys: Value) -> Vec<Algorithm> {
    let keys = read(keys).unwrap();
    keys.keys().map(|key| key.algorithm()).collect()
}

fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

fn refused(jwk: Value) -> NotAJwk {
    match read(json!([jwk])) {
        Err(NotForeignKeys::Key { index: 0, cause }) => cause,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_key_that_says_little_is_read_for_all_that_it_can_do() {
    let ec = Signer::new(Algorithm::Es256).jwk();
    let p384 = Signer::new(Algorithm::Es384).jwk();
    let ed = Signer::new(Algorithm::EdDsa).jwk();
    let rsa = Signer::new(Algorithm::Rs256).jwk();
    let all = [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
        Algorithm::Rs256,
        Algorithm::Ps256,
    ];
    assert_eq!(algorithms(json!([ec, p384, ed, rsa])), all);
    let named = with(with(rsa, "alg", "PS256"), "kid", "any name: 7 / é");
    assert_eq!(algorithms(json!([named])), [Algorithm::Ps256]);
}

#[test]
fn what_we_need_not_know_is_passed_over() {
    let ec = Signer::new(Algorithm::Es256).jwk();
    let strange = [
        json!({ "kty": "AKP", "pub": "AA" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" }),
        json!({ "kty": "RSA", "alg": "RSA-OAEP", "n": "AA", "e": "AQAB" }),
        with(ec.clone(), "use", "enc"),
        with(ec.clone(), "key_ops", json!(["encrypt"])),
    ];
    for key in strange {
        assert_eq!(read(json!([key])), Err(NotForeignKeys::NoneUsable), "{key}");
        assert_eq!(algorithms(json!([key, ec])), [Algorithm::Es256]);
    }
    let ops = with(ec, "key_ops", json!(["verify", "sign"]));
    assert_eq!(algorithms(json!([ops])), [Algorithm::Es256]);
}

#[test]
fn a_private_or_weak_key_spoils_the_set() {
    let ec = Signer::new(Algorithm::Es256).jwk();
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let unused = json!({ "kty": "oct", "use": "enc", name: null });
        let cause = NotAJwk::Private(name);
        assert_eq!(refused(with(ec.clone(), name, "AA")), cause);
        let index = 1;
        assert_eq!(
            read(json!([ec, unused])),
            Err(NotForeignKeys::Key { index, cause })
        );
    }
    let rsa = Signer::new(Algorithm::Rs256).jwk();
    assert_eq!(
        refused(with(rsa, "n", encode([0xff; 128]))),
        NotAJwk::Number("n")
    );
    assert_eq!(
        refused(with(ec.clone(), "y", ec["x"].clone())),
        NotAJwk::Invalid
    );
    assert_eq!(refused(with(ec.clone(), "alg", "RS256")), NotAJwk::Type);
    assert_eq!(refused(with(ec.clone(), "kid", 7)), NotAJwk::Kid);
    assert_eq!(refused(with(ec, "kid", "x".repeat(256))), NotAJwk::Kid);
}

#[test]
fn a_document_that_is_no_set_is_none() {
    assert_eq!(read(json!({})), Err(NotForeignKeys::NoKeys));
    assert_eq!(read(json!([])), Err(NotForeignKeys::NoneUsable));
    assert_eq!(read(json!(["x"])), Err(NotForeignKeys::NoKeys));
    let many = vec![json!({ "kty": "AKP" }); 33];
    assert_eq!(read(many.into()), Err(NotForeignKeys::TooMany));
    assert_eq!(
        ForeignKeys::read(&[b' '; 65_537]),
        Err(NotForeignKeys::TooLarge)
    );
    assert!(matches!(
        ForeignKeys::read(b"[]"),
        Err(NotForeignKeys::NotJson(_))
    ));
}
