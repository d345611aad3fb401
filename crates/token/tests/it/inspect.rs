//! Inspecting says what verifying does, and says it of every step.

use gatewright_domain::decision::Verdict;
use gatewright_token::{
    inspect::{DecodedPart, decode_unverified, inspect},
    refusal::Refusal,
    verify::{STEPS, Step},
};
use serde_json::json;

use crate::stage::{
    NOW, at, claims, claims_with, forge, good_claims, good_header, header_with, judge, mint,
    policy, ring,
};

#[test]
fn a_good_token_passes_every_step_and_each_says_what_it_compared() {
    let inspection = inspect(mint(&claims()).as_bytes(), &ring(), &policy(), at(NOW));
    assert!(inspection.outcome.is_ok());
    let titles: Vec<&str> = inspection.steps.iter().map(|step| &*step.rule).collect();
    assert_eq!(titles, STEPS.map(Step::title));
    for step in inspection.steps {
        assert_eq!(step.verdict, Verdict::Passed, "{}", step.rule);
        assert!(!step.compared.is_empty(), "{}", step.rule);
        assert_eq!(step.mend, None);
    }
}

#[test]
fn a_bad_token_stops_at_one_step_which_says_what_would_have_passed() {
    let hours = |hours: i64| claims_with("exp", json!(NOW + hours * 3600));
    let cases = [
        ("x".repeat(9000), Step::Size),
        ("a.b".to_owned(), Step::Form),
        (
            forge(header_with("crit", json!([])), good_claims()),
            Step::Header,
        ),
        (
            forge(header_with("typ", json!("JWT")), good_claims()),
            Step::Type,
        ),
        (
            forge(header_with("kid", json!("nope")), good_claims()),
            Step::Key,
        ),
        (
            forge(header_with("alg", json!("ES384")), good_claims()),
            Step::Algorithm,
        ),
        (mint(&claims())[..300].to_owned() + ".AAAA", Step::Signature),
        (
            forge(good_header(), claims_with("jti", json!(1))),
            Step::Claims,
        ),
        (
            forge(good_header(), claims_with("cnf", json!({}))),
            Step::Sender,
        ),
        (
            forge(good_header(), claims_with("iss", json!("x"))),
            Step::Issuer,
        ),
        (
            forge(good_header(), claims_with("aud", json!("x"))),
            Step::Audience,
        ),
        (
            forge(good_header(), claims_with("iat", json!(NOW + 31))),
            Step::Issued,
        ),
        (
            forge(good_header(), claims_with("nbf", json!(NOW + 31))),
            Step::NotBefore,
        ),
        (
            forge(good_header(), claims_with("exp", json!(NOW - 31))),
            Step::Expiry,
        ),
        (forge(good_header(), hours(2)), Step::Lifetime),
    ];
    for (token, stops_at) in cases {
        let inspection = inspect(token.as_bytes(), &ring(), &policy(), at(NOW));
        assert_eq!(inspection.outcome, judge(&token));
        let expected = STEPS.map(|step| match step.cmp(&stops_at) {
            std::cmp::Ordering::Less => Verdict::Passed,
            std::cmp::Ordering::Equal => Verdict::Refused,
            std::cmp::Ordering::Greater => Verdict::NotAsked,
        });
        let verdicts: Vec<Verdict> = inspection.steps.iter().map(|step| step.verdict).collect();
        assert_eq!(verdicts, expected, "{stops_at:?}");
        let mends = inspection.steps.iter().filter(|step| step.mend.is_some());
        assert_eq!(mends.count(), 1, "{stops_at:?}");
    }
}

#[test]
fn a_token_is_decoded_for_display_whoever_signed_it() {
    let mut token = mint(&claims());
    token.truncate(token.len() - 4);
    let decoded = decode_unverified(token.as_bytes(), &policy()).unwrap();
    let DecodedPart::Json(header) = decoded.header else {
        panic!("the header is JSON");
    };
    assert!(header.contains("\n  \"typ\": \"at+jwt\""), "{header}");
}

#[test]
fn claims_that_are_not_json_are_shown_as_they_stand_with_the_fault() {
    let token = forge(good_header(), r#"{"sub":"a","sub":"b"}"#);
    let decoded = decode_unverified(token.as_bytes(), &policy()).unwrap();
    let DecodedPart::Text(text, fault) = decoded.claims else {
        panic!("the claims are not JSON");
    };
    assert_eq!(text, r#"{"sub":"a","sub":"b"}"#);
    assert_eq!(fault.to_string(), "a name stands twice (byte 11)");
    let large = decode_unverified(&[b'a'; 9000], &policy());
    assert_eq!(
        large,
        Err(Refusal::TooLarge {
            length: 9000,
            max: 8192
        })
    );
}
