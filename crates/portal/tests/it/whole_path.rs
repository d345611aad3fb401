//! The way from an idea to a revoked token, over JSON.

use std::time::Duration;

use gatewright_domain::id::TeamId;
use serde_json::{Value, json};

use crate::house::House;

pub(crate) fn contract() -> Value {
    let flow = json!({ "tokenUrl": "https://id.example/token", "scopes": { "read": "Read", "write": "Write" } });
    let operation = |scope: &str| json!({ "responses": { "200": { "description": "fine" } }, "security": [{ "oauth": [scope] }] });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Orders", "version": "1.0.0" },
        "components": { "securitySchemes": { "oauth": { "type": "oauth2", "flows": { "clientCredentials": flow } } } },
        "paths": { "/orders": { "get": operation("read"), "post": operation("write") } }
    })
}

/// Registers an API with a published version and a plan, and a subscribed application; gives the application's id.
pub(crate) async fn open_shop(house: &House) -> String {
    house
        .post("/apis", json!({ "name": "orders", "title": "Orders" }))
        .await
        .good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let document = contract().to_string();
    let upload = house.admin("PUT", "/apis/orders/versions/v1/contract");
    upload.raw("application/json", document).await.good(200);
    house
        .post("/apis/orders/versions/v1/publish", json!({}))
        .await
        .good(200);
    let plan = json!({
        "name": "Standard", "rate": { "requests": 10, "per_seconds": 1, "burst": 20 },
        "daily_quota": 1000, "max_token_lifetime_s": 86_400,
    });
    house.post("/apis/orders/plans", plan).await.good(201);
    house
        .post("/consumers", json!({ "name": "Acme" }))
        .await
        .good(201);
    let application = house
        .post("/consumers/Acme/applications", json!({ "name": "Shop" }))
        .await;
    let application = application.good(201)["id"].as_str().unwrap().to_owned();
    let wish = json!({
        "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read", "orders:v1:write"],
    });
    let opened = house
        .post("/applications/Shop/subscriptions", wish)
        .await
        .good(201);
    assert_eq!(opened["scopes"], json!(["read", "write"]));
    application
}

#[actix_web::test]
async fn the_whole_path_goes_over_json() {
    for house in House::both().await {
        open_shop(&house).await;
        let version = house.get("/apis/orders/versions/v1").await;
        assert_eq!(version["status"], "published");
        assert_eq!(version["operations"].as_array().unwrap().len(), 2);

        let wish = json!({ "name": "first", "scopes": ["orders:v1:read"], "lifetime_s": 3600 });
        let issued = house.post("/applications/Shop/tokens", wish).await;
        let token = issued.good(201);
        assert_eq!(issued.header("cache-control"), "no-store");
        let (id, text) = (
            token["id"].as_str().unwrap(),
            token["token"].as_str().unwrap(),
        );
        let listed = house.get("/applications/Shop/tokens").await;
        assert_eq!(listed["items"][0]["id"], id);
        assert!(!listed.to_string().contains(text));

        let inspection = house
            .post("/inspect", json!({ "token": text }))
            .await
            .good(200);
        assert_eq!(inspection["token"], id);

        house.clock.advance(Duration::from_secs(60));
        let rotated = house.post("/keys/rotate", json!({})).await.good(200);
        assert!(rotated["keys"].as_array().unwrap().len() >= 3);
        let early = house.post("/keys/rotate", json!({})).await;
        early.problem("key-not-ready");

        let revoked = house
            .post(&format!("/tokens/{id}/revoke"), json!({}))
            .await
            .good(200);
        assert_eq!(revoked["status"], "revoked");
        assert_eq!(revoked["receipts"], json!([]));

        let sunset = json!({ "sunset": "2027-06-01T00:00:00Z" });
        let version = house
            .post("/apis/orders/versions/v1/deprecate", sunset)
            .await
            .good(200);
        assert_eq!(version["status"], "deprecated");

        let proof = house.post("/audit/verify", json!({})).await.good(200);
        assert_eq!(proof["valid"], true);
        assert_eq!(proof["first_bad"], Value::Null);
        let trail = house.get("/audit/events?action=version&limit=100").await;
        let actions: Vec<&str> = trail["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["action"].as_str().unwrap())
            .collect();
        assert_eq!(actions.first(), Some(&"version.draft"));
        assert_eq!(actions.last(), Some(&"version.deprecate"));
    }
}

#[actix_web::test]
async fn a_list_goes_on_where_it_stopped() {
    let house = House::one().await;
    for name in ["a", "b", "c"] {
        house.post("/apis", json!({ "name": name })).await.good(201);
    }
    let first = house.admin("GET", "/apis?limit=2").send().await;
    assert_eq!(first.json()["next_cursor"], "b");
    assert_eq!(
        first.header("link"),
        "</api/v1/apis?limit=2&cursor=b>; rel=\"next\""
    );
    let rest = house.get("/apis?limit=2&cursor=b").await;
    assert_eq!(rest["items"][0]["name"], "c");
    assert_eq!(rest["next_cursor"], Value::Null);
}

#[actix_web::test]
async fn what_another_team_owns_is_not_there() {
    let house = House::one().await;
    open_shop(&house).await;
    let team = house
        .post("/teams", json!({ "name": "Others" }))
        .await
        .good(201);
    let team: TeamId = team["id"].as_str().unwrap().parse().unwrap();
    let bob = house.publisher_of(team).await;
    let mut bodies = Vec::new();
    for path in [
        "/api/v1/apis/orders",
        "/api/v1/apis/nothing",
        "/api/v1/apis/not%20a%20name",
    ] {
        let answer = house.bearer(&bob, "GET", path).send().await;
        assert_eq!(answer.status, 404);
        let mut document = answer.problem("not-found");
        let document = document.as_object_mut().unwrap();
        document.remove("instance");
        document.remove("request_id");
        bodies.push(serde_json::to_string(document).unwrap());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[actix_web::test]
async fn a_contract_comes_back_as_it_was_uploaded() {
    let house = House::one().await;
    open_shop(&house).await;
    let path = "/apis/orders/versions/v1/contract";
    let answer = house.admin("GET", path).send().await;
    assert_eq!(answer.body, contract().to_string());
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment")
    );
    assert!(
        answer
            .header("content-security-policy")
            .starts_with("sandbox")
    );
    let again = house
        .admin("GET", path)
        .with("if-none-match", answer.header("etag"))
        .send()
        .await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn a_scope_may_be_short_where_only_one_can_be_meant() {
    let house = House::one().await;
    open_shop(&house).await;
    let wish = |scopes: Value| json!({ "name": "t", "scopes": scopes, "lifetime_s": 3600 });
    let issue = async |scopes: Value| house.post("/applications/Shop/tokens", wish(scopes)).await;
    let token = issue(json!(["read", "orders:v1:write"])).await.good(201);
    assert_eq!(
        token["scopes"],
        json!(["orders:v1:read", "orders:v1:write"])
    );
    let unknown = issue(json!(["orders:v1:read", "refund"])).await;
    let unknown = unknown.problem("body-invalid");
    assert_eq!(unknown["errors"][0]["pointer"], "/scopes/1");

    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let upload = house.admin("PUT", "/apis/orders/versions/v2/contract");
    upload
        .raw("application/json", contract().to_string())
        .await
        .good(200);
    house
        .post("/apis/orders/versions/v2/publish", json!({}))
        .await
        .good(200);
    let second =
        json!({ "api": "orders", "version": "v2", "plan": "Standard", "scopes": ["read"] });
    house
        .post("/applications/Shop/subscriptions", second)
        .await
        .good(201);
    let either = issue(json!(["read"])).await.problem("body-invalid");
    let detail = either["errors"][0]["detail"].as_str().unwrap();
    assert_eq!(
        detail,
        "`read` can be orders:v1:read or orders:v2:read; write which."
    );
    assert_eq!(
        issue(json!(["write"])).await.good(201)["scopes"],
        json!(["orders:v1:write"])
    );
}

#[actix_web::test]
async fn a_contract_of_openapi_2_0_offers_its_operations_and_scopes() {
    let house = House::one().await;
    open_shop(&house).await;
    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let operation = json!({
        "security": [{ "oauth": ["read"] }], "responses": { "200": { "description": "fine" } },
    });
    let old = json!({
        "swagger": "2.0",
        "info": { "title": "Orders", "version": "1.0.0" },
        "basePath": "/ignored",
        "securityDefinitions": { "oauth": {
            "type": "oauth2", "flow": "application", "tokenUrl": "https://id.example/token",
            "scopes": { "read": "Read", "write": "Write" },
        } },
        "paths": { "/orders": { "get": operation } },
    });
    let path = "/apis/orders/versions/v2/contract";
    let upload = house.admin("PUT", path);
    let taken = upload.raw("application/json", old.to_string()).await;
    let taken = taken.good(200);
    assert_eq!(taken["findings"], json!([]));
    assert_eq!(taken["operations"][0]["path"], "/orders");
    assert_eq!(taken["operations"][0]["requires"], json!([["read"]]));
    assert_eq!(taken["scopes"], json!(["read", "write"]));
    let back = house.admin("GET", path).send().await;
    assert_eq!(back.body, old.to_string());
}
