//! What is remembered between requests, and what never is.

use std::time::Duration;

use gatewright_domain::{
    snapshot::{RevokedSession, RevokedToken, VerificationState},
    token::Jti,
};

use crate::town::{Mint, Town, seconds};

#[test]
fn a_known_token_costs_no_signature() {
    let town = Town::new();
    let token = town.token();
    for _ in 0..5 {
        assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    }
    let counts = town.handle().counts();
    assert_eq!((counts.signature_checks, counts.remembered), (1, 4));
}

#[test]
fn a_failure_is_never_remembered() {
    let town = Town::new();
    let token = town.token();
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for _ in 0..3 {
        assert_eq!(town.get("/orders/v1/orders", &forged).status, 401);
    }
    let counts = town.handle().counts();
    assert_eq!((counts.signature_checks, counts.remembered), (3, 0));
}

#[test]
fn a_token_known_from_one_route_is_decided_anew_on_another() {
    let mut town = Town::new();
    town.change(|snapshot| {
        let mut other = snapshot.versions[0].clone();
        other.id = gatewright_domain::id::VersionId::from_uuid(uuid::Uuid::from_u128(9));
        other.number = "v2".parse().expect("a number");
        other.audience = "https://api.gatewright.test/orders/v2".to_owned();
        snapshot.versions.push(other);
    });
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v2/orders", &token).status, 401);
    let lines = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(
        town.call("DELETE", "/orders/v1/orders/1", &lines).status,
        403
    );
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
}

#[test]
fn two_tokens_that_begin_alike_are_two_tokens() {
    let town = Town::new();
    let read = town.token();
    let none = town.mint.sign(|claims| claims.scopes = Vec::new());
    assert!(read[..100] == none[..100]);
    assert_eq!(town.get("/orders/v1/orders", &read).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &none).status, 403);
    // The same header and claims under another signature is another token too.
    let (signed, _) = read.rsplit_once('.').expect("three parts");
    let (_, other) = none.rsplit_once('.').expect("three parts");
    assert_eq!(
        town.get("/orders/v1/orders", &format!("{signed}.{other}"))
            .status,
        401
    );
}

#[test]
fn a_revocation_takes_effect_at_the_next_request() {
    let mut town = Town::new();
    let token = town.token();
    let family = town.mint.sign(|claims| {
        claims.jti = "another".to_owned();
        claims.session = Some("f_1".to_owned());
    });
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &family).status, 200);
    let expires = seconds(1_800_000_600);
    town.change(|snapshot| {
        let jti = Jti::from_wire("01JZ0000000000000000000TOWN".to_owned());
        snapshot.revoked.push(RevokedToken { jti, expires });
    });
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
    assert_eq!(town.get("/orders/v1/orders", &family).status, 200);
    town.change(|snapshot| {
        snapshot.revoked_sessions.push(RevokedSession {
            sid: "f_1".to_owned(),
            expires,
        })
    });
    assert_eq!(town.get("/orders/v1/orders", &family).status, 401);
}

#[test]
fn a_watermark_and_a_disabled_application_take_effect_at_the_next_request() {
    let mut town = Town::new();
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.clients[0].not_before = Some(seconds(1_800_000_000)));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
    town.change(|snapshot| snapshot.clients[0].not_before = None);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.clients[0].disabled = true);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
}

#[test]
fn a_compromised_key_takes_its_remembered_tokens_along() {
    let mut town = Town::new();
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.keys[0].state = VerificationState::Compromised);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
    town.change(|snapshot| snapshot.keys.clear());
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
}

#[test]
fn a_rotation_fails_no_request() {
    let mut town = Town::new();
    let (old, next) = (town.token(), Mint::new());
    assert_eq!(town.get("/orders/v1/orders", &old).status, 200);
    let now = seconds(1_800_000_000);
    town.change(|snapshot| {
        let from = seconds(1_799_900_000);
        snapshot.keys[0].state = VerificationState::Signed {
            from,
            until: Some(now),
        };
        let mut listed = next.listed();
        listed.state = VerificationState::Signed {
            from: now,
            until: None,
        };
        snapshot.keys.push(listed);
    });
    let new = next.sign(|claims| claims.issued = now);
    assert_eq!(town.get("/orders/v1/orders", &old).status, 200);
    assert_eq!(town.get("/orders/v1/orders", &new).status, 200);
    let late = town
        .mint
        .sign(|claims| claims.issued = now.plus(Duration::from_secs(31)));
    town.clock.advance(Duration::from_secs(40));
    assert_eq!(town.get("/orders/v1/orders", &late).status, 401);
}

#[test]
fn a_change_of_other_things_keeps_what_is_remembered() {
    let mut town = Town::new();
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.change(|snapshot| snapshot.plans[0].daily_quota = Some(100));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    assert_eq!(town.handle().counts().signature_checks, 1);
    town.change(|snapshot| snapshot.max_lifetime_s = 60);
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
}

#[test]
fn a_remembered_token_ends_when_it_ends() {
    let town = Town::new();
    let token = town.token();
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.clock.set(seconds(1_800_000_629));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 200);
    town.clock.set(seconds(1_800_000_630));
    assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
}

#[test]
fn a_broken_part_of_a_snapshot_is_left_out_and_the_rest_serves() {
    let mut town = Town::new();
    town.change(|snapshot| {
        let operations = &mut snapshot.versions[0].operations;
        operations.push(crate::town::operation(
            gatewright_domain::operation::Method::Get,
            "/broken/{",
            &[],
        ));
        let mut key = snapshot.keys[0].clone();
        key.kid = "broken".parse().expect("a kid");
        key.jwk = "{}".to_owned();
        snapshot.keys.push(key);
    });
    assert_eq!(town.get("/orders/v1/orders", &town.token()).status, 200);
    assert_eq!(town.get("/orders/v1/broken/1", &town.token()).status, 404);
}
