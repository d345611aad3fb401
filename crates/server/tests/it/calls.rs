//! Every call of the JSON API that scripts rely on, by its fixed name and status, with names and with ids in its path.

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    http::Ask,
    instance::{Instance, Layout, within},
    shop::{contract, plan},
};

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    let found = value[member].as_str();
    found.unwrap_or_else(|| panic!("no `{member}` in {value}"))
}

#[test]
fn apis_versions_and_plans_are_found_by_name_and_by_id() {
    for engine in ENGINES {
        let instance = Instance::founded(engine, Layout::Embedded);
        let body = json!({ "name": "orders", "title": "Orders" });
        let made = instance.post("/apis", &body);
        let api = made.good(201);
        assert_eq!(made.header("location"), "/api/v1/apis/orders");
        assert_eq!(text(&api, "title"), "Orders");
        assert_eq!(text(&instance.get("/apis")["items"][0], "name"), "orders");
        let id = text(&api, "id");
        assert_eq!(
            instance.get(&format!("/apis/{id}")),
            instance.get("/apis/orders")
        );

        for (handle, number) in [("orders", "v1"), (id, "v2")] {
            let of = format!("/apis/{handle}");
            let version = json!({ "number": number, "upstream": "http://127.0.0.1:9000" });
            let draft = instance.post(&format!("{of}/versions"), &version).good(201);
            assert_eq!(text(&draft, "status"), "draft");
            let at = format!("{of}/versions/{number}");
            a_contract_is_taken_or_refused(&instance, &at);
            the_lifecycle_goes_round(&instance, &at);
            let mut plan = plan();
            plan["name"] = json!(format!("Plan of {number}"));
            let opened = instance.post(&format!("{of}/plans"), &plan).good(201);
            assert_eq!(opened["rate"], plan["rate"]);
            assert_eq!(opened["daily_quota"], plan["daily_quota"]);
            let by_id = instance.get(&format!("{of}/plans/{}", text(&opened, "id")));
            let by_name = instance.get(&format!("{of}/plans/Plan%20of%20{number}"));
            assert_eq!(by_id, by_name);
        }
        assert_eq!(
            instance.get("/apis/orders")["versions"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }
}

fn a_contract_is_taken_or_refused(instance: &Instance, at: &str) {
    let upload = |media: &str, text: String| {
        let ask = instance.api("PUT", &format!("{at}/contract"));
        ask.raw(media, text).send()
    };
    let yaml = "openapi: 3.0.3\ninfo: {title: Orders, version: '1'}\npaths:\n  /a: {get: {responses: {'200': {description: ok}}}}\n";
    let taken = upload("application/yaml", yaml.to_owned()).good(200);
    assert_eq!(taken["operations"][0]["path"], "/a");
    let broken = upload("application/json", "{\"openapi\": \"3.1.0\"}".to_owned());
    let problem = broken.problem(422, "contract-invalid");
    let finding = &problem["findings"][0];
    for member in ["pointer", "line", "column", "message"] {
        assert!(!finding[member].is_null(), "no `{member}` in {finding}");
    }
    let taken = upload("application/json", contract().to_string()).good(200);
    assert_eq!(taken["operations"].as_array().unwrap().len(), 3);
    assert!(taken["findings"].is_array());
    let back = instance.api("GET", &format!("{at}/contract")).send();
    assert_eq!(back.text(), contract().to_string(), "as it was uploaded");
}

fn the_lifecycle_goes_round(instance: &Instance, at: &str) {
    let moves = [
        ("publish", json!({}), "published"),
        ("block", json!({ "reason": "a leak" }), "blocked"),
        ("unblock", json!({}), "published"),
        (
            "deprecate",
            json!({ "sunset": "2099-01-01T00:00:00Z" }),
            "deprecated",
        ),
        ("retire", json!({}), "retired"),
    ];
    for (verb, body, status) in moves {
        let moved = instance.post(&format!("{at}/{verb}"), &body).good(200);
        assert_eq!(text(&moved, "status"), status, "{verb}");
        assert_eq!(text(&instance.get(at), "status"), status, "{verb}");
    }
}

#[test]
fn consumers_applications_subscriptions_and_tokens_are_found_by_name_and_by_id() {
    for engine in ENGINES {
        let upstream = EchoUpstream::start().unwrap();
        let instance = Instance::founded(engine, Layout::Embedded);
        instance
            .post("/apis", &json!({ "name": "orders", "title": "Orders" }))
            .good(201);
        crate::shop::publish(&instance, "v1", &upstream.url());
        let plan = instance.post("/apis/orders/plans", &plan()).good(201);
        let acme = instance
            .post("/consumers", &json!({ "name": "Acme & Söhne" }))
            .good(201);
        let by_id = format!("/consumers/{}", text(&acme, "id"));
        assert_eq!(
            instance.get(&by_id),
            instance.get("/consumers/Acme%20%26%20S%C3%B6hne")
        );

        let of = [
            "/consumers/Acme%20%26%20S%C3%B6hne/applications",
            &format!("{by_id}/applications"),
        ];
        let names = ["Shop", "Till"];
        let apps = [0, 1].map(|n| instance.post(of[n], &json!({ "name": names[n] })).good(201));
        let api_id = instance.get("/apis/orders")["id"].clone();
        let wishes = [
            json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read"] }),
            json!({ "api": api_id, "version": "v1", "plan": plan["id"], "scopes": ["read", "write"] }),
        ];
        let handles = ["Shop", text(&apps[1], "id")];
        for (handle, wish) in handles.into_iter().zip(wishes) {
            let at = format!("/applications/{handle}");
            let opened = instance
                .post(&format!("{at}/subscriptions"), &wish)
                .good(201);
            assert_eq!(opened["scopes"], wish["scopes"], "automatic approval");
            assert_eq!(text(&opened, "status"), "active");
            let other =
                json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["fly"] });
            let other = instance.post(&format!("{at}/subscriptions"), &other);
            assert!((400..500).contains(&other.status), "{}", other.text());
            tokens_live_and_die(&instance, &at);
        }
    }
}

fn tokens_live_and_die(instance: &Instance, at: &str) {
    let issue = |body: Value| instance.post(&format!("{at}/tokens"), &body);
    let call = |token: &Value, path: &str| instance.call("GET", path, text(token, "token")).status;
    let scoped = issue(json!({ "name": "one", "scopes": ["orders:v1:read"], "lifetime_s": 600 }));
    assert_eq!(scoped.header("cache-control"), "no-store");
    let scoped = scoped.good(201);
    assert_eq!(scoped["scopes"], json!(["orders:v1:read"]));
    assert!(scoped["expires_at"].is_string());
    let bare = issue(json!({ "name": "two", "lifetime_s": 600 })).good(201);
    assert_eq!(bare["scopes"], json!([]));
    within(std::time::Duration::from_secs(1), "the token opens", || {
        call(&scoped, "/orders/v1/orders") == 200
    });
    assert_eq!(
        call(&bare, "/orders/v1/status"),
        200,
        "what requires no scope"
    );
    assert_eq!(call(&bare, "/orders/v1/orders"), 403);
    let unknown = issue(json!({ "name": "x", "scopes": ["orders:v1:fly"], "lifetime_s": 600 }));
    unknown.problem(422, "body-invalid");
    let endless = issue(json!({ "name": "x", "scopes": [], "lifetime_s": 86_401 }));
    endless.problem(422, "body-invalid");

    let listed = instance.get(&format!("{at}/tokens"));
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(
        !listed.to_string().contains(text(&scoped, "token")),
        "a text is shown once"
    );
    let inspected = instance
        .post("/inspect", &json!({ "token": scoped["token"] }))
        .good(200);
    assert!(
        inspected["steps"]
            .as_array()
            .unwrap()
            .iter()
            .all(|step| step["verdict"] == "passed")
    );

    let path = format!("/tokens/{}/revoke", text(&scoped, "id"));
    let revoked = instance.post(&path, &json!({ "reason": "lost" })).good(200);
    assert_eq!(revoked["receipts"][0]["gateway"], "embedded", "{revoked}");
    assert!(
        revoked["receipts"][0]["applied_at"].is_string(),
        "{revoked}"
    );
    assert_eq!(call(&scoped, "/orders/v1/orders"), 401);
    assert_eq!(call(&bare, "/orders/v1/status"), 200);
    let all = instance
        .post(&format!("{at}/revoke-all"), &json!({}))
        .good(200);
    assert_eq!(all["receipts"][0]["gateway"], "embedded", "{all}");
    assert_eq!(call(&bare, "/orders/v1/status"), 401);
    let fresh = issue(json!({ "name": "three", "lifetime_s": 600 })).good(201);
    within(
        std::time::Duration::from_secs(1),
        "a later token opens",
        || call(&fresh, "/orders/v1/status") == 200,
    );
}

#[test]
fn keys_decisions_the_trail_and_usage_answer() {
    for engine in ENGINES {
        let upstream = EchoUpstream::start().unwrap();
        let instance = Instance::founded(engine, Layout::Embedded);
        crate::shop::open(&instance, &upstream.url());
        let token = crate::shop::issue(&instance, "one", &["orders:v1:read"]);
        within(std::time::Duration::from_secs(1), "the token opens", || {
            instance
                .call("GET", "/orders/v1/orders", &token.text)
                .status
                == 200
        });
        let refused = instance.call("POST", "/orders/v1/orders", &token.text);
        let decision = refused.header("gatewright-decision").to_owned();

        let keys = instance.get("/keys");
        assert_eq!(
            keys["items"].as_array().unwrap().len(),
            6,
            "in each of three rings one signs and one stands by"
        );
        let rotated = instance.api("POST", "/keys/rotate").send().good(200);
        let (gone, active) = (text(&rotated, "deactivated"), text(&rotated, "active"));
        let compromise = json!({ "reason": "found on a laptop" });
        let given_up = instance
            .post(&format!("/keys/{gone}/compromise"), &compromise)
            .good(200);
        assert_eq!(text(&given_up, "compromised"), gone);
        within(
            std::time::Duration::from_secs(1),
            "its tokens are dead",
            || {
                instance
                    .call("GET", "/orders/v1/orders", &token.text)
                    .status
                    == 401
            },
        );
        let early = instance.api("POST", "/keys/rotate").send();
        assert!(early.problem(409, "key-not-ready")["ready_at"].is_string());
        key_set(&instance, active);

        within(
            std::time::Duration::from_secs(5),
            "the refusal is explained",
            || {
                instance
                    .api("GET", &format!("/decisions/{decision}"))
                    .send()
                    .status
                    == 200
            },
        );
        let told = instance.get(&format!("/decisions/{decision}"));
        assert_eq!(text(&told, "reason"), "insufficient-scope");
        assert!(!told["steps"].as_array().unwrap().is_empty());
        trail(&instance);
        usage(&instance);
    }
}

fn key_set(instance: &Instance, active: &str) {
    let url = format!("{}/oauth2/jwks", instance.portal);
    let set = Ask::get(&url).send();
    let keys = set.good(200)["keys"].as_array().unwrap().clone();
    assert!(
        keys.iter()
            .any(|key| key["kid"] == active && key.get("d").is_none())
    );
    assert!(set.header("cache-control").contains("max-age="));
    let again = Ask::get(&url)
        .with("If-None-Match", set.header("etag"))
        .send();
    assert_eq!(again.status, 304);
    let metadata = format!("{}/.well-known/oauth-authorization-server", instance.portal);
    let metadata = Ask::get(metadata).send().good(200);
    assert_eq!(text(&metadata, "jwks_uri"), url);
    assert_eq!(text(&metadata, "issuer"), instance.portal);
}

fn trail(instance: &Instance) {
    let numbers = |query: &str| -> Vec<u64> {
        let page = instance.get(&format!("/audit/events?{query}"));
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|event| event["seq"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(numbers("limit=3"), [0, 1, 2]);
    assert_eq!(numbers("after=2&limit=2"), [3, 4]);
    let published = numbers("action=version.publish");
    assert_eq!(published.len(), 1);
    let event = &instance.get("/audit/events?action=version.publish")["items"][0];
    let (actor, target) = (text(&event["actor"], "id"), text(&event["target"], "id"));
    let at = text(event, "at");
    assert!(numbers(&format!("actor={actor}&limit=100")).contains(&published[0]));
    assert!(numbers(&format!("target={target}")).contains(&published[0]));
    assert!(numbers(&format!("from={at}&limit=100")).contains(&published[0]));
    assert!(!numbers(&format!("to={at}&limit=100")).contains(&published[0]));
    let proof = instance.api("POST", "/audit/verify").send().good(200);
    assert_eq!(proof["valid"], true);
    assert_eq!(proof["first_bad"], Value::Null);
    assert_eq!(text(&proof, "root").len(), 64);
    assert!(proof["size"].as_u64().unwrap() > 10);
}

fn usage(instance: &Instance) {
    let application = instance.get("/applications/Shop");
    let filters = [
        "api=orders&version=v1",
        "application=Shop",
        &format!("application={}", text(&application, "id")),
        "from=2020-01-01T00:00:00Z&to=2199-01-01T00:00:00Z",
    ];
    for filter in filters {
        let path = format!("/usage?{filter}");
        let counted = |status: u16| {
            let counts = instance.get(&path);
            let items = counts["items"].as_array().unwrap().clone();
            items
                .iter()
                .any(|row| row["status"] == status && row["calls"].as_u64() >= Some(1))
        };
        within(std::time::Duration::from_secs(5), &path, || {
            counted(200) && counted(403)
        });
    }
    assert_eq!(
        instance.get("/usage?to=2020-01-01T00:00:00Z")["items"],
        json!([])
    );
}

#[test]
fn what_anybody_may_ask_is_answered() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    let ask = |path: &str| Ask::get(format!("{}{path}", instance.portal)).send();
    let described = ask("/api/v1/openapi.json");
    let committed = include_str!("../../../../docs/openapi.json");
    assert_eq!(
        described.text(),
        committed,
        "docs/openapi.json is what is served"
    );
    for path in ["/healthz", "/readyz"] {
        assert!((200..300).contains(&ask(path).status), "{path}");
    }
    for path in ["/-/healthz", "/-/readyz"] {
        let answer = Ask::get(format!("{}{path}", instance.gateway)).send();
        assert_eq!(answer.status, 200, "{path}");
    }
    let metrics = Ask::get(format!("{}/-/metrics", instance.gateway)).send();
    assert_eq!(metrics.status, 404, "without a token there is no such page");
    ask("/api/v1/apis").problem(401, "access-token-missing");
}
