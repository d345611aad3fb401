//! Tokens of outside issuers at the gateway: judged by their own issuer, decided as ours are, and no fetch whatever comes.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_domain::{
    consumer::ClientId,
    entropy::Entropy,
    id::OutsideIssuerId,
    outside::{TokenKinds, TravellingSecret, TrustedIssuer, TrustedKeys, TrustedRule},
    refusal::Refusal,
    snapshot::Snapshot,
};
use gatewright_testkit::clock::FixedClock;
use serde_json::{Value, json};

use crate::town::{AUDIENCE, CLIENT, ISSUER, Town, dice};

const THEIRS: &str = "https://login.partner.test";
const SCRIPT: &str = "billing-script";
const FOR_US: &str = "https://api.partner.test";
const SECRET: &[u8] = b"a secret that a script and we have in common";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn claims(issuer: &str) -> Value {
    let now = FixedClock::START.seconds();
    json!({ "iss": issuer, "aud": FOR_US, "sub": "ci", "iat": now - 10, "exp": now + 600 })
}

struct Partner(EcdsaKeyPair);

impl Partner {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    fn set(&self, kid: &str) -> String {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let jwk =
            json!({ "kid": kid, "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
        json!({ "keys": [jwk] }).to_string()
    }

    fn sign(&self, kid: &str, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }).to_string();
        let input = format!("{}.{}", encode(header), encode(claims.to_string()));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes());
        format!(
            "{input}.{}",
            encode(signature.expect("a signature").as_ref())
        )
    }
}

fn script(secret: &[u8], claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" }).to_string();
    let input = format!("{}.{}", encode(header), encode(claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())))
}

fn trusted(
    snapshot: &Snapshot,
    issuer: &str,
    keys: TrustedKeys,
    dice: &dyn Entropy,
) -> TrustedIssuer {
    let application = snapshot.clients[0].application;
    let rule = json!({ "when": [{ "claim": "sub", "is": "ci" }], "application": application,
        "scopes": { "fixed": ["orders:v1:read", "orders:v1:write"] } });
    TrustedIssuer {
        id: OutsideIssuerId::draw(FixedClock::START, dice),
        name: "Partner".parse().expect("a name"),
        issuer: issuer.parse().expect("an issuer"),
        audience: FOR_US.parse().expect("an audience"),
        kinds: TokenKinds::AnyJwt,
        max_lifetime_s: 3600.try_into().expect("a lifetime"),
        keys,
        rules: vec![TrustedRule {
            rule: serde_json::from_value(rule).expect("a rule"),
            within: ["orders:v1:read".parse().expect("a scope")].into(),
        }],
    }
}

fn by_set(set: String) -> TrustedKeys {
    let algorithms = "ES256".parse().expect("an algorithm");
    TrustedKeys::Set { set, algorithms }
}

fn by_secret() -> TrustedKeys {
    let kid = "iss-1".parse().expect("a kid");
    let secret = TravellingSecret::of(SECRET);
    TrustedKeys::Secret { kid, secret }
}

/// A town that trusts a partner, by its key `a`, and a script.
fn town() -> (Town, Partner) {
    let (partner, dice) = (Partner::new(), dice());
    let set = partner.set("a");
    let town = Town::with(|snapshot| {
        let client = &mut snapshot.clients[0];
        client.client_id = ClientId::of(client.application);
        let issuers = [(THEIRS, by_set(set)), (SCRIPT, by_secret())];
        let issuers = issuers.map(|(issuer, keys)| trusted(snapshot, issuer, keys, &dice));
        snapshot.issuers.extend(issuers);
    });
    (town, partner)
}

#[test]
fn a_token_of_an_outside_issuer_is_let_through_as_the_application_of_its_rule() {
    let (mut town, partner) = town();
    let tokens = [
        partner.sign("a", &claims(THEIRS)),
        script(SECRET, &claims(SCRIPT)),
    ];
    for token in &tokens {
        let answer = town.get("/orders/v1/orders", token);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.seen("gatewright-scopes"), ["orders:v1:read"]);
        // What the rule gives and the application is not subscribed to is not there.
        let lines = format!("Authorization: Bearer {token}\r\n");
        assert_eq!(
            town.call("DELETE", "/orders/v1/orders/1", &lines).status,
            403
        );
    }
    let counts = town.handle().counts();
    assert_eq!((counts.signature_checks, counts.remembered), (2, 2));
    let (application, ids) = (
        town.snapshot.clients[0].application,
        town.snapshot
            .issuers
            .iter()
            .map(|issuer| issuer.id.to_string())
            .collect::<Vec<_>>(),
    );
    for record in town.drain().records {
        assert_eq!(record.application, Some(application));
        let jti = record.jti.expect("a name").as_str().to_owned();
        assert!(
            ids.iter().any(|id| jti.starts_with(&format!("{id}/"))),
            "{jti}"
        );
    }
}

#[test]
fn the_name_in_a_token_chooses_its_judge_and_nobody_judges_for_another() {
    let (town, partner) = town();
    let ours = |issuer: &str| town.mint.sign(|claims| claims.issuer = issuer.to_owned());
    let mut ours_by_them = claims(ISSUER);
    ours_by_them["aud"] = AUDIENCE.into();
    ours_by_them["client_id"] = CLIENT.into();
    let set = partner.set("a");
    for forged in [
        ours(THEIRS),
        ours(SCRIPT),
        partner.sign("a", &ours_by_them),
        script(SECRET, &ours_by_them),
        partner.sign("a", &claims(SCRIPT)),
        script(SECRET, &claims(THEIRS)),
        script(set.as_bytes(), &claims(THEIRS)),
        partner.sign("a", &claims("https://login.partner.test/")),
        partner.sign("a", &claims("https://LOGIN.partner.test")),
        script(
            b"some other secret of as many bytes as needed",
            &claims(SCRIPT),
        ),
    ] {
        let answer = town.get("/orders/v1/orders", &forged);
        assert_eq!(answer.status, 401);
        let body = answer.json();
        assert_eq!(body["detail"], "The access token is invalid.");
    }
    assert_eq!(
        town.get("/orders/v1/orders", &town.token()).status,
        401,
        "its client id is gone"
    );
}

#[test]
fn what_becomes_of_an_issuer_takes_effect_at_the_next_request() {
    let (mut town, partner) = town();
    let (token, other) = (
        partner.sign("a", &claims(THEIRS)),
        script(SECRET, &claims(SCRIPT)),
    );
    let ask = |town: &Town| town.get("/orders/v1/orders", &token).status;
    assert_eq!(ask(&town), 200);
    let first = town.snapshot.issuers[0].clone();
    town.change(|snapshot| drop(snapshot.issuers.remove(0)));
    assert_eq!(ask(&town), 401);
    assert_eq!(town.get("/orders/v1/orders", &other).status, 200);
    town.change(|snapshot| snapshot.issuers.insert(0, first.clone()));
    assert_eq!(ask(&town), 200);
    town.change(|snapshot| snapshot.issuers[0].rules[0].within.clear());
    assert_eq!(ask(&town), 403);
    town.change(|snapshot| snapshot.issuers[0] = first.clone());
    assert_eq!(ask(&town), 200);
    let rights = town.snapshot.clients[0].rights.clone();
    town.change(|snapshot| snapshot.clients[0].rights.clear());
    assert_eq!(ask(&town), 401);
    town.change(|snapshot| snapshot.clients[0].rights = rights);
    assert_eq!(ask(&town), 200);
    town.change(|snapshot| snapshot.clients[0].not_before = Some(FixedClock::START));
    assert_eq!(ask(&town), 401);
    town.change(|snapshot| {
        snapshot.clients[0].not_before = None;
        snapshot.issuers[0].keys = by_set(Partner::new().set("a"));
    });
    assert_eq!(ask(&town), 401);
    town.change(|snapshot| snapshot.issuers[0] = first);
    assert_eq!(ask(&town), 200);
    town.clock.advance(std::time::Duration::from_secs(640));
    assert_eq!(ask(&town), 401);
}

#[test]
fn a_flood_of_keys_that_nobody_knows_costs_a_refusal_each_and_is_told_as_one_issuer() {
    let (mut town, partner) = town();
    for turn in 0..200 {
        let token = partner.sign(&format!("k{turn}"), &claims(THEIRS));
        assert_eq!(town.get("/orders/v1/orders", &token).status, 401);
    }
    let id = town.snapshot.issuers[0].id;
    let batch = town.drain();
    assert_eq!(batch.records.len(), 200);
    for decision in batch.decisions {
        assert_eq!(decision.refusal, Refusal::IssuerKeyUnknown { issuer: id });
    }
}

#[test]
fn an_issuer_that_cannot_be_used_disturbs_no_other_and_never_stands_in_for_us() {
    let (mut town, partner) = town();
    let ours = partner.set("a");
    town.change(|snapshot| {
        snapshot.issuers[1].keys = TrustedKeys::Secret {
            kid: "iss-1".parse().expect("a kid"),
            secret: TravellingSecret::of(b""),
        };
        let mut us = snapshot.issuers[0].clone();
        us.issuer = ISSUER.parse().expect("an issuer");
        us.keys = by_set(ours);
        snapshot.issuers.push(us);
    });
    assert_eq!(
        town.get("/orders/v1/orders", &partner.sign("a", &claims(THEIRS)))
            .status,
        200
    );
    assert_eq!(
        town.get("/orders/v1/orders", &script(SECRET, &claims(SCRIPT)))
            .status,
        401
    );
    assert_eq!(
        town.get("/orders/v1/orders", &script(b"", &claims(SCRIPT)))
            .status,
        401
    );
    assert_eq!(
        town.get("/orders/v1/orders", &partner.sign("a", &claims(ISSUER)))
            .status,
        401
    );
}
