//! API keys at the gateway: looked up by fingerprint, decided as tokens are, refused as tokens are.

use gatewright_domain::{
    consumer::ClientId,
    credential::{self, CredentialKind},
    entropy::Entropy,
    id::ApiKeyId,
    snapshot::{ApiKeyTerms, Snapshot},
};
use gatewright_testkit::{clock::FixedClock, entropy::SeededEntropy};

use crate::town::{Town, seconds};

/// A key with the scope that reads orders, and its terms in a snapshot.
fn key(snapshot: &Snapshot, entropy: &dyn Entropy) -> (String, ApiKeyTerms) {
    let text = credential::draw(CredentialKind::ApiKey, entropy).expose_once();
    let fingerprint = credential::fingerprint(CredentialKind::ApiKey, &text).expect("a key");
    let terms = ApiKeyTerms {
        id: ApiKeyId::draw(FixedClock::START, entropy),
        fingerprint: fingerprint.as_str().to_owned(),
        application: snapshot.clients[0].application,
        versions: vec![snapshot.versions[0].id],
        scopes: vec!["orders:v1:read".to_owned()],
        issued: FixedClock::START,
        expires: None,
        revoked: false,
    };
    (text.to_string(), terms)
}

fn town() -> (Town, String) {
    let mut held = String::new();
    let town = Town::with(|snapshot| {
        let client = &mut snapshot.clients[0];
        client.client_id = ClientId::of(client.application);
        let (text, terms) = key(snapshot, &SeededEntropy::new(3));
        snapshot.api_keys.push(terms);
        held = text;
    });
    (town, held)
}

#[test]
fn a_key_opens_what_it_carries_and_the_upstream_never_sees_it() {
    let (mut town, key) = town();
    let answer = town.get("/orders/v1/orders", &key);
    assert_eq!(answer.status, 200);
    let seen = answer.json().to_string();
    assert!(!seen.contains("gw_live_"), "{seen}");
    assert_eq!(answer.seen("gatewright-scopes"), ["orders:v1:read"]);
    let lines = format!("Authorization: Bearer {key}\r\n");
    let refused = town.call("DELETE", "/orders/v1/orders/1", &lines);
    assert_eq!(refused.status, 403);
    let id = town.snapshot.api_keys[0].id.to_string();
    let told = town.drain();
    let names = told.records.iter().filter_map(|record| record.jti.as_ref());
    assert!(names.map(|jti| jti.as_str()).eq([id.as_str(), id.as_str()]));
}

#[test]
fn a_key_costs_no_signature() {
    let (town, key) = town();
    for _ in 0..3 {
        assert_eq!(town.get("/orders/v1/orders", &key).status, 200);
    }
    let counts = town.handle().counts();
    assert_eq!((counts.signature_checks, counts.remembered), (0, 0));
}

#[test]
fn every_bad_key_is_refused_in_the_words_for_a_bad_token() {
    let (town, key) = town();
    let other = credential::draw(CredentialKind::ApiKey, &SeededEntropy::new(9)).expose_once();
    let elsewhere = credential::draw(CredentialKind::Gateway, &SeededEntropy::new(9)).expose_once();
    let constant = |answer: &crate::wire::Answer| {
        let body = answer.json();
        let said = ["type", "title", "detail", "error"].map(|name| body[name].to_string());
        let challenge = answer.header("www-authenticate").map(str::to_owned);
        (said, challenge)
    };
    let token = town.get("/orders/v1/orders", "no.token.here");
    for bad in [
        other.as_str(),
        elsewhere.as_str(),
        &key[..key.len() - 1],
        &format!("{key}0"),
        &key.to_uppercase(),
        &key.replace("gw_live_", "gw_pat_"),
        "gw_live_",
    ] {
        let answer = town.get("/orders/v1/orders", bad);
        assert_eq!(answer.status, 401, "{bad}");
        assert_eq!(constant(&answer), constant(&token), "{bad}");
    }
}

#[test]
fn what_becomes_of_a_key_takes_effect_at_the_next_request() {
    let (mut town, key) = town();
    assert_eq!(town.get("/orders/v1/orders", &key).status, 200);
    town.change(|snapshot| snapshot.api_keys[0].revoked = true);
    assert_eq!(town.get("/orders/v1/orders", &key).status, 401);
    town.change(|snapshot| snapshot.api_keys[0].revoked = false);
    assert_eq!(town.get("/orders/v1/orders", &key).status, 200);
    town.change(|snapshot| snapshot.api_keys[0].expires = Some(seconds(1_700_000_000)));
    assert_eq!(town.get("/orders/v1/orders", &key).status, 401);
    town.change(|snapshot| {
        snapshot.api_keys[0].expires = None;
        snapshot.clients[0].not_before = Some(FixedClock::START.plus(seconds_of(1)));
    });
    assert_eq!(town.get("/orders/v1/orders", &key).status, 401);
    town.change(|snapshot| {
        snapshot.clients[0].not_before = None;
        snapshot.versions[0].audience = "https://api.gatewright.test/renamed/v1".to_owned();
    });
    assert_eq!(town.get("/orders/v1/orders", &key).status, 200);
    town.change(|snapshot| snapshot.api_keys.clear());
    assert_eq!(town.get("/orders/v1/orders", &key).status, 401);
}

#[test]
fn a_key_that_cannot_be_read_disturbs_no_other() {
    let mut town = town();
    town.0.change(|snapshot| {
        let mut broken = snapshot.api_keys[0].clone();
        broken.fingerprint = "none".to_owned();
        snapshot.api_keys.insert(0, broken);
    });
    assert_eq!(town.0.get("/orders/v1/orders", &town.1).status, 200);
}

fn seconds_of(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(seconds)
}
