//! A shop on an installation: an API `orders` with a published version and a plan, and an application that may call it.

use serde_json::{Value, json};

use crate::instance::Instance;

/// A contract of three operations: one for anybody with a token, one that needs `read`, one that needs `write`.
pub(crate) fn contract() -> Value {
    let flow = json!({ "tokenUrl": "https://id.example/token", "scopes": { "read": "Read", "write": "Write" } });
    let fine = json!({ "200": { "description": "fine" } });
    let needs = |scope: &str| json!({ "responses": fine, "security": [{ "oauth": [scope] }] });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Orders", "version": "1.0.0" },
        "components": { "securitySchemes": { "oauth": { "type": "oauth2", "flows": { "clientCredentials": flow } } } },
        "paths": {
            "/orders": { "get": needs("read"), "post": needs("write") },
            "/status": { "get": { "responses": fine } },
        }
    })
}

pub(crate) fn plan() -> Value {
    json!({
        "name": "Standard",
        "rate": { "requests": 10_000, "per_seconds": 1, "burst": 10_000 },
        "daily_quota": 1_000_000,
        "max_token_lifetime_s": 86_400,
    })
}

/// Publishes a version of `orders`, which must be registered.
pub(crate) fn publish(instance: &Instance, number: &str, upstream: &str) {
    let version = json!({ "number": number, "upstream": upstream });
    instance.post("/apis/orders/versions", &version).good(201);
    let at = format!("/apis/orders/versions/{number}");
    let upload = instance.api("PUT", &format!("{at}/contract"));
    let taken = upload.json(&contract()).send().good(200);
    assert_eq!(taken["operations"].as_array().unwrap().len(), 3, "{taken}");
    let published = instance
        .api("POST", &format!("{at}/publish"))
        .send()
        .good(200);
    assert_eq!(published["status"], "published");
}

/// Opens the shop: registers, publishes, and subscribes `Shop` of `Acme`.
pub(crate) fn open(instance: &Instance, upstream: &str) {
    let api = json!({ "name": "orders", "title": "Orders" });
    instance.post("/apis", &api).good(201);
    publish(instance, "v1", upstream);
    instance.post("/apis/orders/plans", &plan()).good(201);
    instance
        .post("/consumers", &json!({ "name": "Acme" }))
        .good(201);
    let shop = json!({ "name": "Shop" });
    instance
        .post("/consumers/Acme/applications", &shop)
        .good(201);
    let wish = json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read", "write"] });
    instance
        .post("/applications/Shop/subscriptions", &wish)
        .good(201);
}

/// A token of `Shop`.
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) text: String,
}

/// Issues a token with these scopes to `Shop`.
pub(crate) fn issue(instance: &Instance, name: &str, scopes: &[&str]) -> Token {
    let wish = json!({ "name": name, "scopes": scopes, "lifetime_s": 3600 });
    let issued = instance.post("/applications/Shop/tokens", &wish).good(201);
    assert_eq!(issued["scopes"], json!(scopes));
    let text = |member: &str| issued[member].as_str().unwrap().to_owned();
    Token {
        id: text("id"),
        text: text("token"),
    }
}
