//! P15: a refresh token that is revoked takes its access tokens with it, at every gateway, and the receipts say where.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    http::{Answer, Ask},
    instance::{Instance, Layout, within},
    shop,
};

const PATH: &str = "/orders/v1/orders";

#[test]
fn p15_access_tokens_die_with_their_refresh_token_on_sqlite() {
    walk(Engine::Sqlite, Layout::Embedded, "embedded");
}

#[test]
fn p15_access_tokens_die_with_their_refresh_token_on_postgresql() {
    walk(Engine::Postgres, Layout::Apart, "edge");
}

fn text(document: &Value, member: &str) -> String {
    let found = document[member].as_str();
    found
        .unwrap_or_else(|| panic!("no `{member}` in {document}"))
        .to_owned()
}

fn walk(engine: Engine, layout: Layout, gateway: &str) {
    let upstream = EchoUpstream::start().unwrap();
    let instance = Instance::founded(engine, layout);
    shop::open(&instance, &upstream.url());
    let secret = instance.post("/applications/Shop/secrets", &json!({}));
    let secret = secret.good(201);
    let pair = format!(
        "{}:{}",
        text(&secret, "client_id"),
        text(&secret, "client_secret")
    );
    let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
    let ask = |endpoint: &str, form: String| -> Answer {
        Ask::new("POST", format!("{}/oauth2/{endpoint}", instance.portal))
            .with("Authorization", &basic)
            .raw("application/x-www-form-urlencoded", form)
            .send()
    };
    let wish = json!({ "name": "from a phone", "scopes": ["orders:v1:read"] });
    let begun = instance.post("/applications/Shop/grants", &wish).good(201);
    let (sid, mut refresh) = (text(&begun, "id"), text(&begun, "refresh_token"));
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let form = format!("grant_type=refresh_token&refresh_token={refresh}");
        let granted = ask("token", form).good(200);
        tokens.push(text(&granted, "access_token"));
        refresh = text(&granted, "refresh_token");
    }
    let other = shop::issue(&instance, "other", &["orders:v1:read"]).text;
    for token in tokens.iter().chain([&other]) {
        within(Duration::from_secs(5), "the gateway serves", || {
            instance.call("GET", PATH, token).status == 200
        });
    }

    let revoked = ask("revoke", format!("token={refresh}"));
    assert_eq!((revoked.status, revoked.text()), (200, String::new()));
    for token in &tokens {
        within(Duration::from_secs(5), "the gateway refuses", || {
            instance.call("GET", PATH, token).status == 401
        });
    }
    assert_eq!(instance.call("GET", PATH, &other).status, 200, "only those");
    let receipt = || {
        let page = instance.get("/revocations?kind=session");
        let revocation = page["items"][0].clone();
        assert_eq!(revocation["key"], sid.as_str(), "{page}");
        revocation["receipts"].as_array().unwrap().clone()
    };
    within(Duration::from_secs(5), "every gateway said so", || {
        let receipts = receipt();
        let of_ours = receipts
            .iter()
            .find(|receipt| receipt["gateway"] == gateway);
        of_ours.is_some_and(|receipt| receipt["applied_at"].is_string())
    });
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    assert_eq!(ask("token", form).json()["error"], "invalid_grant");
}
