//! Times: what lives, what does not yet, what no longer does, and in which window its key signed.

use std::time::Duration;

use gatewright_domain::snapshot::VerificationState;
use gatewright_token::{
    claims::AccessClaims,
    policy::Policy,
    refusal::{Barred, ClaimFault, Refusal},
    ring::VerifierRing,
    verify::verify,
};
use serde_json::{Value, json};

use crate::stage::{
    ISSUER, NOW, at, claims, claims_with, forge, good_header, judge, mint, policy, ring, ring_in,
};

fn of(name: &str, value: impl Into<Value>) -> Result<(), Refusal> {
    judge(forge(good_header(), claims_with(name, value.into()))).map(|_| ())
}

/// Claims with a number written as `literal`, which no JSON library would write.
fn written(name: &str, literal: &str) -> Result<(), Refusal> {
    let claims = claims_with(name, json!("@")).replace("\"@\"", literal);
    judge(forge(good_header(), claims)).map(|_| ())
}

#[test]
fn the_leeway_is_forgiven_on_both_sides_and_not_a_second_more() {
    assert_eq!(of("exp", NOW - 29), Ok(()));
    assert!(
        matches!(of("exp", NOW - 30), Err(Refusal::Expired { .. })),
        "a token ends at exp, not after it"
    );
    assert_eq!(of("nbf", NOW + 30), Ok(()));
    assert_eq!(
        of("nbf", NOW + 31),
        Err(Refusal::NotYetValid {
            not_before: at(NOW + 31)
        })
    );
    assert_eq!(of("iat", NOW + 30), Ok(()));
    assert_eq!(
        of("iat", NOW + 31),
        Err(Refusal::IssuedInTheFuture {
            issued: at(NOW + 31)
        })
    );
}

#[test]
fn a_life_is_bounded_and_runs_forward() {
    let lives = |issued: i64, expires: i64| {
        let claims = claims_with("iat", json!("@1")).replace("\"@1\"", &issued.to_string());
        let mut claims: Value = serde_json::from_str(&claims).unwrap();
        claims["exp"] = expires.into();
        judge(forge(good_header(), claims.to_string())).map(|_| ())
    };
    assert_eq!(lives(NOW, NOW + 3600), Ok(()));
    let refused = |result| matches!(result, Err(Refusal::Lifetime { max_s: 3600, .. }));
    assert!(refused(lives(NOW, NOW + 3601)));
    assert!(refused(lives(NOW + 20, NOW + 20)));
    assert!(refused(lives(NOW + 20, NOW + 10)));
    assert!(refused(lives(NOW - 60, NOW * 1000 / 10)));
}

#[test]
fn a_time_is_a_number_that_a_calendar_holds() {
    for name in ["iat", "exp", "nbf"] {
        for value in [
            json!("soon"),
            json!((NOW + 9).to_string()),
            json!(true),
            json!([NOW]),
            json!({}),
        ] {
            let fault = ClaimFault::Type;
            assert_eq!(of(name, value), Err(Refusal::Claim { claim: name, fault }));
        }
        for literal in [
            "-1",
            "-0",
            "-0.0",
            "1e18",
            "18446744073709551615",
            "18446744073709551616",
            "1800000000000000",
            "9e999",
        ] {
            let fault = ClaimFault::Time;
            assert_eq!(
                written(name, literal),
                Err(Refusal::Claim { claim: name, fault }),
                "{literal}"
            );
        }
        for literal in [
            "NaN",
            "Infinity",
            "-Infinity",
            "01800000000",
            "+1800000000",
            "0x6B49D200",
            "1_800_000_000",
            "1800000000.",
            ".5",
        ] {
            assert!(
                matches!(written(name, literal), Err(Refusal::ClaimsNotJson(_))),
                "{literal}"
            );
        }
    }
    assert_eq!(written("exp", "1800000240.5"), Ok(()));
    assert_eq!(written("exp", "1.80000024e9"), Ok(()));
    assert!(matches!(written("exp", "0"), Err(Refusal::Expired { .. })));
    // Milliseconds in place of seconds lie in the year 59000.
    assert!(written("exp", "1800000240000").is_err());
}

#[test]
fn a_fraction_of_a_second_counts() {
    assert_eq!(written("exp", "1799999970.001"), Ok(()));
    assert!(matches!(
        written("exp", "1799999970.000"),
        Err(Refusal::Expired { .. })
    ));
    assert!(matches!(
        written("iat", "1800000030.001"),
        Err(Refusal::IssuedInTheFuture { .. })
    ));
}

#[test]
fn a_token_was_issued_while_its_key_signed() {
    let window = |from: i64, until: Option<i64>, issued: i64| {
        let (from, until) = (at(from), until.map(at));
        let ring = ring_in(VerificationState::Signed { from, until });
        let issued = AccessClaims {
            issued: at(issued),
            expires: at(NOW + 60),
            ..claims()
        };
        verify(mint(&issued).as_bytes(), &ring, &policy(), at(NOW)).map(|_| ())
    };
    let outside = |issued: i64| Err(Refusal::OutsideSigningWindow { issued: at(issued) });
    assert_eq!(window(NOW - 500, None, NOW - 500), Ok(()));
    assert_eq!(window(NOW - 500, None, NOW - 530), Ok(()));
    assert_eq!(window(NOW - 500, None, NOW - 531), outside(NOW - 531));
    assert_eq!(window(NOW - 500, Some(NOW - 300), NOW - 270), Ok(()));
    assert_eq!(
        window(NOW - 500, Some(NOW - 300), NOW - 269),
        outside(NOW - 269)
    );
}

#[test]
fn a_key_may_sign_within_the_second_it_began_even_without_leeway() {
    let began = at(NOW - 10).plus(Duration::from_millis(700));
    let ring = ring_in(VerificationState::Signed {
        from: began,
        until: None,
    });
    let strict = Policy::new(ISSUER.to_owned(), Duration::ZERO, Duration::from_secs(3600));
    let issued = |second| AccessClaims {
        issued: at(second),
        ..claims()
    };
    let judge = |second| verify(mint(&issued(second)).as_bytes(), &ring, &strict, at(NOW));
    assert!(judge(NOW - 10).is_ok());
    assert!(judge(NOW - 11).is_err());
}

#[test]
fn kept_facts_are_asked_again_what_may_have_changed() {
    let verified = judge(mint(&claims())).unwrap();
    let still = |ring: &VerifierRing, now: i64| verified.still_holds(ring, &policy(), at(now));
    assert_eq!(still(&ring(), NOW + 269), Ok(()));
    assert_eq!(
        still(&ring(), NOW + 270),
        Err(Refusal::Expired {
            expires: at(NOW + 240)
        })
    );
    let compromised = ring_in(VerificationState::Compromised);
    assert_eq!(
        still(&compromised, NOW),
        Err(Refusal::KeyNotVerifying(Barred::Compromised))
    );
    assert_eq!(
        still(&VerifierRing::default(), NOW),
        Err(Refusal::UnknownKey)
    );
    let (from, until) = (at(NOW - 900), Some(at(NOW - 800)));
    let closed = ring_in(VerificationState::Signed { from, until });
    assert!(matches!(
        still(&closed, NOW),
        Err(Refusal::OutsideSigningWindow { .. })
    ));
}

#[test]
fn a_leeway_without_bounds_is_bounded() {
    let policy = Policy::new(ISSUER.to_owned(), Duration::MAX, Duration::MAX);
    assert_eq!(policy.leeway(), Duration::from_secs(120));
    let late = verify(mint(&claims()).as_bytes(), &ring(), &policy, at(NOW + 400));
    assert!(matches!(late, Err(Refusal::Expired { .. })));
}

#[test]
fn a_token_of_any_audience_verifies_where_each_request_says_its_own() {
    let policy = Policy::new(
        ISSUER.to_owned(),
        Duration::from_secs(30),
        Duration::from_secs(3600),
    );
    let audience = vec!["a".to_owned(), "b".to_owned()];
    let token = mint(&AccessClaims {
        audience,
        ..claims()
    });
    let verified = verify(token.as_bytes(), &ring(), &policy, at(NOW)).unwrap();
    assert_eq!(verified.is_for("b"), Ok(()));
    assert_eq!(verified.is_for("c"), Err(Refusal::Audience));
    assert_eq!(verified.is_for(""), Err(Refusal::Audience));
}
