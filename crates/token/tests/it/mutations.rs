//! Whatever is done to a good token, it is not accepted any more; whatever bytes come, nothing panics or leaks.

use std::sync::LazyLock;

use gatewright_token::inspect::{decode_unverified, inspect};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{
    NOW, at, claims, claims_with, encode, forge, good_header, header_with, judge, mint, policy,
    ring,
};

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| mint(&claims()).into_bytes());

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        proptest::collection::vec(any::<i64>(), 0..3).prop_map(Value::from),
        Just(json!({})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn random_bytes_are_never_accepted(bytes: Vec<u8>) {
        prop_assert!(judge(&bytes).is_err());
    }

    #[test]
    fn random_parts_are_never_accepted(header: Vec<u8>, claims: Vec<u8>, signature: Vec<u8>) {
        let token = format!("{}.{}.{}", encode(header), encode(claims), encode(signature));
        prop_assert!(judge(token).is_err());
    }

    #[test]
    fn a_replaced_byte_is_noticed(at in 0..GOOD.len(), byte: u8) {
        let mut token = GOOD.clone();
        token[at] = byte;
        prop_assert_eq!(judge(&token).is_ok(), token == *GOOD);
    }

    #[test]
    fn a_byte_put_in_or_taken_out_is_noticed(at in 0..GOOD.len(), byte: u8) {
        let mut longer = GOOD.clone();
        longer.insert(at, byte);
        prop_assert!(judge(&longer).is_err());
        let mut shorter = GOOD.clone();
        shorter.remove(at);
        prop_assert!(judge(&shorter).is_err());
        prop_assert!(judge(&GOOD[..at]).is_err());
    }

    #[test]
    fn a_signed_claim_of_the_wrong_kind_never_panics_and_rarely_passes(
        name in prop_oneof!["iss", "sub", "aud", "client_id", "iat", "exp", "nbf", "jti", "scope", "sid", "cnf"],
        value in any_value(),
    ) {
        let token = forge(good_header(), claims_with(&name, value.clone()));
        if judge(&token).is_ok() {
            let is_text = matches!(&*name, "sub" | "client_id" | "jti" | "scope" | "sid");
            prop_assert!(if is_text { value.is_string() } else { value.is_number() }, "{} {}", name, value);
        }
    }

    #[test]
    fn a_signed_header_of_any_kind_never_panics(name in "[a-z0-9#]{1,5}", value in any_value()) {
        let _ = judge(forge(header_with(&name, value), claims_with("absent", Value::Null)));
    }

    #[test]
    fn an_explanation_is_always_that_of_the_verdict(at_byte in 0..GOOD.len(), byte: u8) {
        let mut token = GOOD.clone();
        token[at_byte] = byte;
        let inspection = inspect(&token, &ring(), &policy(), at(NOW));
        prop_assert_eq!(inspection.outcome, judge(&token));
        let _ = decode_unverified(&token, &policy());
    }

    #[test]
    fn a_refusal_never_repeats_the_token(marker in "[A-Z]{12}", name in prop_oneof!["iss", "sub", "aud", "jti", "scope", "kid", "alg", "typ"]) {
        let value = json!(marker);
        let token = if matches!(&*name, "kid" | "alg" | "typ") {
            forge(header_with(&name, value), claims_with("absent", Value::Null))
        } else {
            forge(good_header(), claims_with(&name, json!([value])))
        };
        if let Err(refusal) = judge(&token) {
            let said = format!("{refusal} {refusal:?}");
            prop_assert!(!said.contains(&marker), "{}", said);
            for part in token.split('.') {
                prop_assert!(!said.contains(part));
            }
        }
    }
}
