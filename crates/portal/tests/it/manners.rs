//! What every route does: it refuses a stranger, and what it changes leaves an event.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    house::{Answer, House},
    whole_path::contract,
};

/// Every operation of the document, as `METHOD path`.
fn operations() -> BTreeSet<(String, String)> {
    let document: Value = serde_json::from_str(gatewright_portal::api::document()).unwrap();
    let mut operations = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "patch"] {
            if item.get(method).is_some() {
                operations.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    operations
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    let part = |part: &str| {
        if part.starts_with('{') {
            "v1".to_owned()
        } else {
            part.to_owned()
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[actix_web::test]
async fn every_route_refuses_a_stranger() {
    let house = House::one().await;
    assert!(operations().len() > 50);
    for (method, path) in operations() {
        let answer = house.stranger(&method, &filled(&path)).send().await;
        assert_eq!(answer.status, 401, "{method} {path}");
        answer.problem("access-token-missing");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{method} {path}"
        );
        let forged = format!("gwp_{}", "0".repeat(40));
        let answer = house.bearer(&forged, &method, &filled(&path)).send().await;
        answer.problem("access-token-invalid");
    }
}

/// What leaves no event, although it is a POST: it changes nothing. That an issuer's keys were fetched and are the same is no
/// event; that they are others is one (`keys/tests/it/issuers.rs`).
const READS: [&str; 3] = [
    "POST /api/v1/inspect",
    "POST /api/v1/issuers/{issuer}/try",
    "POST /api/v1/issuers/{issuer}/refresh",
];

/// A walk through every mutating operation, each of which must leave an event.
struct Walk {
    house: House,
    done: BTreeSet<String>,
}

impl Walk {
    /// Carries an operation out, its parameters filled in order.
    async fn go(&mut self, operation: &str, parts: &[&str], body: Value) -> Answer {
        let (method, path) = operation.split_once(' ').unwrap();
        let mut parts = parts.iter();
        let fill = |part: &str| match part.starts_with('{') {
            true => (*parts.next().unwrap()).to_owned(),
            false => part.to_owned(),
        };
        let at = path.split('/').map(fill).collect::<Vec<_>>().join("/");
        let before = self.house.events().await;
        let mut ask = self.house.admin(method, &at);
        if method == "PATCH" {
            ask = ask.with("if-match", &self.house.tag(&at).await);
        }
        let answer = ask.json(&body).await;
        assert!(
            (200..300).contains(&answer.status),
            "{operation}: {:?}",
            answer.json()
        );
        assert!(
            before < self.house.events().await,
            "{operation} left no event"
        );
        self.done.insert(format!("{method} /api/v1{path}"));
        answer
    }

    async fn id(&mut self, operation: &str, parts: &[&str], body: Value) -> String {
        self.go(operation, parts, body).await.json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

#[actix_web::test]
async fn everything_that_changes_something_leaves_an_event() {
    let mut walk = Walk {
        house: House::one().await,
        done: BTreeSet::new(),
    };
    publish(&mut walk).await;
    call(&mut walk).await;
    guard(&mut walk).await;
    let all = operations()
        .into_iter()
        .filter(|(method, _)| method != "GET");
    let all: BTreeSet<String> = all
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let missed: Vec<&String> = all
        .difference(&walk.done)
        .filter(|operation| !READS.contains(&operation.as_str()))
        .collect();
    assert_eq!(missed, Vec::<&String>::new(), "walk these too");
}

async fn publish(walk: &mut Walk) {
    let nothing = || json!({});
    let version = |number: &str| json!({ "number": number, "upstream": "http://127.0.0.1:9" });
    walk.go("POST /apis", &[], json!({ "name": "orders" }))
        .await;
    walk.go(
        "PATCH /apis/{api}",
        &["orders"],
        json!({ "title": "All orders" }),
    )
    .await;
    let choice = json!({ "algorithm": "ES256" });
    walk.go("POST /apis/{api}/choose-algorithm", &["orders"], choice)
        .await;
    let ruleset = json!({ "ruleset": "own", "text": "rules: {}" });
    walk.go("POST /apis/{api}/choose-ruleset", &["orders"], ruleset)
        .await;
    walk.go("POST /apis/{api}/versions", &["orders"], version("v1"))
        .await;
    walk.go("POST /apis/{api}/versions", &["orders"], version("v2"))
        .await;
    let at = ["orders", "v1"];
    let elsewhere = json!({ "upstream": "http://127.0.0.1:10" });
    walk.go("PATCH /apis/{api}/versions/{version}", &at, elsewhere)
        .await;
    let staleness = json!({ "after_s": 15, "reads": "refuse", "writes": "refuse" });
    let agree = "PUT /apis/{api}/versions/{version}/staleness";
    walk.go(agree, &at, staleness).await;
    walk.go(
        "PUT /apis/{api}/versions/{version}/contract",
        &at,
        contract(),
    )
    .await;
    walk.go(
        "POST /apis/{api}/versions/{version}/publish",
        &at,
        nothing(),
    )
    .await;
    let reason = json!({ "reason": "It leaks." });
    walk.go("POST /apis/{api}/versions/{version}/block", &at, reason)
        .await;
    walk.go(
        "POST /apis/{api}/versions/{version}/unblock",
        &at,
        nothing(),
    )
    .await;
    walk.go(
        "POST /apis/{api}/versions/{version}/discard",
        &["orders", "v2"],
        nothing(),
    )
    .await;
    let plan = json!({
        "name": "Standard", "rate": { "requests": 10, "per_seconds": 1, "burst": 20 },
        "max_token_lifetime_s": 86_400,
    });
    walk.go("POST /apis/{api}/plans", &["orders"], plan).await;
    let edit = json!({ "daily_quota": 10 });
    walk.go(
        "PATCH /apis/{api}/plans/{plan}",
        &["orders", "Standard"],
        edit,
    )
    .await;
}

async fn call(walk: &mut Walk) {
    let nothing = || json!({});
    walk.go("POST /consumers", &[], json!({ "name": "Acme" }))
        .await;
    let name = json!({ "name": "Shop" });
    walk.go("POST /consumers/{consumer}/applications", &["Acme"], name)
        .await;
    let initial = json!({ "name": "build servers" });
    let initial_tokens = "POST /consumers/{consumer}/initial-tokens";
    let initial = walk.id(initial_tokens, &["Acme"], initial).await;
    let revoke = "POST /initial-tokens/{initial_token}/revoke";
    walk.go(revoke, &[&initial], nothing()).await;
    let wish = json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read"] });
    let id = walk
        .id(
            "POST /applications/{application}/subscriptions",
            &["Shop"],
            wish,
        )
        .await;
    walk.go(
        "POST /subscriptions/{subscription}/pause",
        &[&id],
        nothing(),
    )
    .await;
    walk.go(
        "POST /subscriptions/{subscription}/resume",
        &[&id],
        nothing(),
    )
    .await;
    let wish = json!({ "name": "first", "lifetime_s": 3600 });
    let token = walk
        .id("POST /applications/{application}/tokens", &["Shop"], wish)
        .await;
    let overlap = json!({ "overlap_s": 0 });
    let token = walk
        .id("POST /tokens/{token}/replace", &[&token], overlap)
        .await;
    walk.go(
        "POST /tokens/{token}/revoke",
        &[&token],
        json!({ "reason": "Lost." }),
    )
    .await;
    let wish = json!({ "name": "pipeline", "scopes": ["read"] });
    let at = "POST /applications/{application}/api-keys";
    let key = walk.id(at, &["Shop"], wish).await;
    let reason = json!({ "reason": "Leaked." });
    walk.go("POST /api-keys/{key}/revoke", &[&key], reason)
        .await;
    let edit = json!({ "tokens_per_minute": 60 });
    walk.go("PATCH /applications/{application}/client", &["Shop"], edit)
        .await;
    let secrets = "POST /applications/{application}/secrets";
    let secret = walk.id(secrets, &["Shop"], nothing()).await;
    walk.go(
        "POST /applications/{application}/secrets/{secret}/revoke",
        &["Shop", &secret],
        nothing(),
    )
    .await;
    let grant = json!({ "name": "nightly", "scopes": ["orders:v1:read"] });
    let grants = "POST /applications/{application}/grants";
    let grant = walk.id(grants, &["Shop"], grant).await;
    walk.go("POST /grants/{grant}/revoke", &[&grant], nothing())
        .await;
    walk.go(
        "POST /applications/{application}/revoke-all",
        &["Shop"],
        nothing(),
    )
    .await;
    walk.go(
        "POST /applications/{application}/disable",
        &["Shop"],
        nothing(),
    )
    .await;
    walk.go(
        "POST /applications/{application}/enable",
        &["Shop"],
        nothing(),
    )
    .await;
    walk.go(
        "POST /subscriptions/{subscription}/close",
        &[&id],
        nothing(),
    )
    .await;
    walk.go(
        "POST /apis/{api}/plans/{plan}/close",
        &["orders", "Standard"],
        nothing(),
    )
    .await;
    let sunset = json!({ "sunset": "2027-06-01T00:00:00Z" });
    let at = ["orders", "v1"];
    walk.go("POST /apis/{api}/versions/{version}/deprecate", &at, sunset)
        .await;
    walk.go("POST /apis/{api}/versions/{version}/retire", &at, nothing())
        .await;
}

async fn rings(walk: &mut Walk) {
    let ring = json!({ "ring": "access/EdDSA" });
    walk.go("POST /rings", &[], ring).await;
    let at = ["access", "EdDSA"];
    let because = || json!({ "reason": "A drill." });
    let moves = [
        ("rotate", json!({ "force": "A drill." })),
        ("retime", json!({ "max_lifetime_s": 600 })),
        ("disable", because()),
    ];
    for (verb, body) in moves {
        let operation = format!("POST /rings/{{purpose}}/{{algorithm}}/{verb}");
        walk.go(&operation, &at, body).await;
    }
    walk.go("POST /rings/{purpose}/{algorithm}/enable", &at, because())
        .await;
}

async fn guard(walk: &mut Walk) {
    let nothing = || json!({});
    let rotated = walk
        .go("POST /keys/rotate", &[], json!({ "force": "Drill." }))
        .await
        .json();
    let kid = rotated["active"].as_str().unwrap().to_owned();
    let ring = json!({ "ring": "access/ES256" });
    for way in ["publish", "discard"] {
        let staged = walk.go("POST /keys/stage", &[], ring.clone()).await.json();
        let staged = staged["keys"].as_array().unwrap().iter();
        let mut staged = staged.filter(|key| key["state"] == "staged");
        let staged = staged.next().unwrap()["kid"].as_str().unwrap().to_owned();
        let to = format!("POST /keys/{{kid}}/{way}");
        walk.go(&to, &[&staged], nothing()).await;
        if way == "publish" {
            let force = json!({ "force": "Drill." });
            walk.go("POST /keys/{kid}/activate", &[&staged], force)
                .await;
            // The one that signed until now has signed no token, but the leeway has not passed.
            let aside = json!({ "reason": "Look at it.", "listing": "withdrawn" });
            walk.go("POST /keys/{kid}/suspend", &[&kid], aside).await;
            let back = json!({ "reason": "All is well." });
            walk.go("POST /keys/{kid}/resume", &[&kid], back).await;
            walk.house.clock.advance(std::time::Duration::from_secs(31));
            walk.go("POST /keys/{kid}/retire", &[&kid], nothing()).await;
        }
    }
    let keys = walk
        .go("POST /keys/rotate", &[], json!({ "force": "Drill." }))
        .await
        .json();
    let kid = keys["active"].as_str().unwrap().to_owned();
    walk.go("POST /keys/{kid}/rehearse-compromise", &[&kid], nothing())
        .await;
    walk.go(
        "POST /keys/{kid}/compromise",
        &[&kid],
        json!({ "reason": "It leaked." }),
    )
    .await;
    rings(walk).await;
    let sweep = json!({ "kind": "session", "key": "f_1", "reason": "A drill." });
    walk.go("POST /revocations", &[], sweep).await;
    walk.go("POST /teams", &[], json!({ "name": "Billing" }))
        .await;
    let bob = json!({
        "name": "bob", "role": "auditor", "password": "a long and boring password",
    });
    let bob = walk.id("POST /operators", &[], bob).await;
    let edit = json!({ "role": "publisher", "teams": ["Billing"] });
    walk.go("PATCH /operators/{operator}", &[&bob], edit).await;
    walk.go("POST /operators/{operator}/disable", &[&bob], nothing())
        .await;
    walk.go("POST /operators/{operator}/enable", &[&bob], nothing())
        .await;
    let gateway = walk
        .id("POST /gateways", &[], json!({ "name": "edge" }))
        .await;
    walk.go("POST /gateways/{gateway}/remove", &[&gateway], nothing())
        .await;
    trust(walk).await;
    walk.go("POST /audit/verify", &[], nothing()).await;
    // The last one: nothing more can be done with it.
    let own = walk.house.get("/access-tokens").await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    walk.go("POST /access-tokens/{token}/revoke", &[&own], nothing())
        .await;
}

async fn trust(walk: &mut Walk) {
    let application = walk.house.get("/applications/Shop").await["id"].clone();
    let rules =
        |scopes: Value| json!([{ "application": application, "scopes": { "fixed": scopes } }]);
    let script = json!({
        "name": "Script", "issuer": "billing-script", "audience": "orders",
        "keys": { "secret": "a secret of as many bytes as it takes" }, "rules": rules(json!([])),
    });
    let id = walk.id("POST /issuers", &[], script).await;
    let other = json!({ "rules": rules(json!(["orders:v1:read"])) });
    walk.go("PUT /issuers/{issuer}/rules", &[&id], other).await;
    let why = json!({ "reason": "A breach there." });
    walk.go("POST /issuers/{issuer}/suspend", &[&id], why.clone())
        .await;
    walk.go("POST /issuers/{issuer}/resume", &[&id], json!({}))
        .await;
    walk.go("POST /issuers/{issuer}/withdraw", &[&id], why)
        .await;
}
