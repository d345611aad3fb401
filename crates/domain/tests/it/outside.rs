//! Outside issuers: whom we trust, and what a token of theirs may do.

use gatewright_domain::{
    audit::{Aggregate, Change},
    id::{ApplicationId, OutsideIssuerId},
    outside::{
        ClaimPath, IssuerStanding, IssuerTerms, KeptKeys, KeySetAddress, KeySource, OutsideIssuer,
        OutsideIssuerError, Rules, TokenKinds, TravellingSecret, TrustedIssuer, TrustedKeys,
        TrustedRule,
    },
    time::Timestamp,
};
use serde_json::{Map, Value, json};

const OURS: &str = "https://id.example/live";

fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(second)
}

fn application(number: u128) -> ApplicationId {
    ApplicationId::from_uuid(uuid::Uuid::from_u128(number))
}

fn rules(text: &Value) -> Rules {
    text.to_string().parse().unwrap()
}

fn every_token() -> Rules {
    rules(&json!([{ "application": application(1), "scopes": { "fixed": ["orders:v1:read"] } }]))
}

fn terms(issuer: &str) -> IssuerTerms {
    IssuerTerms {
        name: "Partner".parse().unwrap(),
        issuer: issuer.parse().unwrap(),
        audience: "https://api.partner.test".parse().unwrap(),
        kinds: TokenKinds::AnyJwt,
        max_lifetime: 3600.try_into().unwrap(),
        rules: every_token(),
    }
}

fn discovery() -> KeySource {
    let algorithms = "ES256 RS256".parse().unwrap();
    KeySource::Discovery { algorithms }
}

fn trust(issuer: &str, source: KeySource) -> Result<OutsideIssuer, OutsideIssuerError> {
    let id = OutsideIssuerId::from_uuid(uuid::Uuid::from_u128(9));
    OutsideIssuer::trust(id, terms(issuer), source, OURS, at(1)).map(stored)
}

fn stored(change: Change<OutsideIssuer>) -> OutsideIssuer {
    let revision = change.after().revision().next();
    change.into_parts().0.at(revision)
}

fn partner() -> OutsideIssuer {
    trust("https://login.partner.test", discovery()).unwrap()
}

fn claims(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn our_own_issuer_and_what_reads_like_it_is_never_an_outside_one() {
    for own in [
        OURS,
        "https://id.example/live/",
        "https://id.example/live//",
        "HTTPS://ID.EXAMPLE/live",
        "https://id.example/LIVE",
        "http://id.example/live",
        "id.example/live",
        "https://id.example:443/live",
        "https://id.example./live",
        "https://id.example/live.evil.test",
        "https://id.example/live/other",
        "https://id.example/live2",
    ] {
        assert_eq!(
            trust(own, discovery()),
            Err(OutsideIssuerError::OurOwn),
            "{own}"
        );
    }
    for other in ["https://id.example/sandbox", "https://login.partner.test"] {
        assert!(trust(other, discovery()).is_ok(), "{other}");
    }
}

#[test]
fn only_an_address_can_be_discovered() {
    let refused = trust("billing-script", discovery());
    assert_eq!(refused, Err(OutsideIssuerError::NotDiscoverable));
    assert!(trust("billing-script", KeySource::Secret { generation: 1 }).is_ok());
    for bad in ["https://u@h", "https://h?x", "https://h#x", "ftp://h"] {
        assert_eq!(
            trust(bad, discovery()),
            Err(OutsideIssuerError::NotDiscoverable),
            "{bad}"
        );
    }
    for bad in [
        "http:///x",
        "https://u:p@h/keys",
        "https://h/keys#a",
        "https://h\\@g/k",
        "file:///etc/passwd",
        "https://h/a b",
        "gopher://h",
        "",
    ] {
        assert!(bad.parse::<KeySetAddress>().is_err(), "{bad}");
    }
}

#[test]
fn an_issuer_is_suspended_resumed_and_withdrawn_once_for_all() {
    let suspended = stored(partner().suspend(None, at(2)).unwrap());
    assert_eq!(
        suspended.standing(),
        IssuerStanding::Suspended { at: at(2) }
    );
    let again = suspended.clone().suspend(None, at(3)).map(drop);
    assert_eq!(again, Err(OutsideIssuerError::AlreadySuspended));
    let resumed = stored(suspended.resume().unwrap());
    assert_eq!(
        resumed.clone().resume().map(drop),
        Err(OutsideIssuerError::NotSuspended)
    );
    let withdrawn = stored(resumed.withdraw(None, at(4)).unwrap());
    let over = Err(OutsideIssuerError::Withdrawn);
    assert_eq!(withdrawn.clone().resume().map(drop), over);
    assert_eq!(withdrawn.clone().suspend(None, at(5)).map(drop), over);
    assert_eq!(withdrawn.clone().map_by(every_token()).map(drop), over);
    assert_eq!(withdrawn.withdraw(None, at(5)).map(drop), over);
}

#[test]
fn keys_are_taken_when_they_are_others_and_never_for_a_secret() {
    let keys = |set: &str| KeptKeys {
        set: set.to_owned(),
        taken: at(2),
    };
    let first = stored(partner().take_keys(keys("{}")).unwrap().unwrap());
    assert!(first.clone().take_keys(keys("{}")).unwrap().is_none());
    assert!(first.clone().take_keys(keys("{ }")).unwrap().is_some());
    let withdrawn = stored(first.withdraw(None, at(3)).unwrap());
    assert_eq!(withdrawn.keys(), None);
    let script = trust("billing-script", KeySource::Secret { generation: 1 }).unwrap();
    assert_eq!(
        script.take_keys(keys("{}")).map(drop),
        Err(OutsideIssuerError::NoKeySet)
    );
}

#[test]
fn the_trail_tells_the_rules_and_no_secret() {
    let (_, event) = partner().map_by(rules(&json!([
        { "when": [{ "claim": "azp", "is": "x" }], "application": application(2), "scopes": { "fixed": [] } }
    ]))).unwrap().into_parts();
    assert_eq!(event.before().unwrap()["rules"], every_token().to_string());
    assert!(event.after().unwrap()["rules"].contains("azp"));
    assert_eq!(
        format!("{:?}", TravellingSecret::of(b"hunter2")),
        "[secret]"
    );
}

#[test]
fn a_claim_is_found_by_its_name_or_by_its_place() {
    let claims = claims(json!({
        "sub": "ci", "n": 7, "on": true, "nothing": null, "https://x.test/role": "a",
        "realm": { "roles": ["r1", "r2", 5, {}], "a/b": { "~": "deep" } }, "/odd": "never",
    }));
    let said = |path: &str| path.parse::<ClaimPath>().unwrap().said(&claims);
    assert_eq!(said("sub"), ["ci"]);
    assert_eq!(said("n"), ["7"]);
    assert_eq!(said("on"), ["true"]);
    assert_eq!(said("https://x.test/role"), ["a"]);
    assert_eq!(said("/realm/roles"), ["r1", "r2", "5"]);
    assert_eq!(said("/realm/a~1b/~0"), ["deep"]);
    for none in [
        "nothing",
        "realm",
        "missing",
        "/realm",
        "/realm/roles/0",
        "/sub/x",
        "/odd",
    ] {
        assert_eq!(said(none), Vec::<String>::new(), "{none}");
    }
    for bad in ["", "/", "a\nb"] {
        assert!(bad.parse::<ClaimPath>().is_err(), "{bad:?}");
    }
}

#[test]
fn the_first_rule_whose_every_condition_is_met_counts() {
    let rules = rules(&json!([
        { "when": [{ "claim": "sub", "is": "ci" }, { "claim": "/realm/roles", "is": "admin" }],
          "application": application(1), "scopes": { "fixed": ["orders:v1:write"] } },
        { "when": [{ "claim": "sub", "is": "ci" }], "application": application(2),
          "scopes": { "words": { "claim": "scope", "map": {
              "read": ["orders:v1:read"], "all": ["orders:v1:read", "orders:v1:write"] } } } },
    ]));
    let judge = |value: Value| {
        let claims = claims(value);
        rules.judge(&claims).map(|found| {
            let scopes: Vec<String> = found.scopes.iter().map(ToString::to_string).collect();
            (found.index, scopes.join(" "))
        })
    };
    let admin = json!({ "sub": "ci", "realm": { "roles": ["x", "admin"] } });
    assert_eq!(judge(admin), Some((0, "orders:v1:write".to_owned())));
    let words = |scope: Value| judge(json!({ "sub": "ci", "scope": scope }));
    assert_eq!(
        words(json!("read openid")),
        Some((1, "orders:v1:read".to_owned()))
    );
    assert_eq!(
        words(json!(["all"])),
        Some((1, "orders:v1:read orders:v1:write".to_owned()))
    );
    assert_eq!(words(json!("Read reader")), Some((1, String::new())));
    assert_eq!(judge(json!({ "sub": "ci2" })), None);
    assert_eq!(judge(json!({ "sub": ["c", "i"] })), None);
    assert_eq!(judge(json!({})), None);
}

#[test]
fn no_rule_gives_more_than_the_application_is_subscribed_to() {
    let all = rules(
        &json!([{ "application": application(1), "scopes": { "fixed": ["orders:v1:read", "orders:v1:write"] } }]),
    );
    let trusted = TrustedIssuer {
        id: partner().id(),
        name: "Partner".parse().unwrap(),
        issuer: "https://login.partner.test".parse().unwrap(),
        audience: "a".parse().unwrap(),
        kinds: TokenKinds::AnyJwt,
        max_lifetime_s: 60.try_into().unwrap(),
        keys: TrustedKeys::Secret {
            kid: "k".parse().unwrap(),
            secret: TravellingSecret::of(b"s"),
        },
        rules: vec![TrustedRule {
            rule: all.as_slice()[0].clone(),
            within: [
                "orders:v1:read".parse().unwrap(),
                "orders:v2:write".parse().unwrap(),
            ]
            .into(),
        }],
    };
    let mapped = trusted.map(&claims(json!({ "sub": "x" }))).unwrap();
    assert_eq!(mapped.scopes, ["orders:v1:read"]);
    let wire = serde_json::to_string(&trusted).unwrap();
    assert_eq!(
        serde_json::from_str::<TrustedIssuer>(&wire).unwrap(),
        trusted
    );
}

#[test]
fn rules_that_mean_nothing_are_refused_with_what_would_do() {
    let rule = json!({ "application": application(1), "scopes": { "fixed": [] } });
    let with = |name: &str, value: Value| {
        let mut rule = rule.clone();
        rule[name] = value;
        json!([rule]).to_string().parse::<Rules>().is_err()
    };
    assert!("[]".parse::<Rules>().is_err());
    assert!("{}".parse::<Rules>().is_err());
    assert!("nonsense".parse::<Rules>().is_err());
    assert!(
        Value::from(vec![rule.clone(); 65])
            .to_string()
            .parse::<Rules>()
            .is_err()
    );
    assert!(
        Value::from(vec![rule.clone(); 64])
            .to_string()
            .parse::<Rules>()
            .is_ok()
    );
    assert!(with("when", json!([{ "claim": "", "is": "x" }])));
    assert!(with("when", json!([{ "claim": "a", "is": "" }])));
    assert!(with("when", json!([{ "claim": "a", "is": 5 }])));
    assert!(with("application", json!("key_00000000000000000000000001")));
    assert!(with("scopes", json!({ "fixed": ["read"] })));
    assert!(with("scopes", json!({ "fixed": [], "words": {} })));
    assert!(with("surprise", json!(1)));
}
