//! The token endpoint and the key sets while an API goes over to another algorithm.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::shop::{ORDERS, Shop, error_of};

const STOCK: &str = "https://api.example/stock/v1";

/// The same shop with a second API, to which it is subscribed, and the rings of RS256.
async fn with_stock(shop: &Shop) {
    let house = &shop.house;
    let api = json!({ "name": "stock" });
    house.post("/apis", api).await.good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/stock/versions", version).await.good(201);
    let upload = house.admin("PUT", "/apis/stock/versions/v1/contract");
    let contract = crate::whole_path::contract().to_string();
    upload.raw("application/json", contract).await.good(200);
    let plan = json!({
        "name": "Standard", "rate": { "requests": 10, "per_seconds": 1, "burst": 20 },
        "max_token_lifetime_s": 86_400,
    });
    house.post("/apis/stock/plans", plan).await.good(201);
    let publish = house.post("/apis/stock/versions/v1/publish", json!({}));
    publish.await.good(200);
    let wish = json!({ "api": "stock", "version": "v1", "plan": "Standard", "scopes": ["read"] });
    let opened = house.post("/applications/Shop/subscriptions", wish);
    opened.await.good(201);
    for ring in ["access/RS256", "dev-access/RS256"] {
        let formed = house.post("/rings", json!({ "ring": ring })).await;
        formed.good(201);
    }
}

/// What signed a token for this resource, as the key set of its API says of the key that the token names.
async fn signed_with(shop: &Shop, resource: &str) -> String {
    let issued = shop.ask(&[("resource", resource)]).await.good(200);
    let token = issued["access_token"].as_str().unwrap();
    let header = token.split('.').next().unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let api = resource.split('/').nth_back(1).unwrap();
    let set = key_set(shop, api).await;
    let mut keys = set["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["kid"] == header["kid"]).unwrap();
    assert_eq!(key["alg"], header["alg"]);
    key["alg"].as_str().unwrap().to_owned()
}

async fn key_set(shop: &Shop, api: &str) -> Value {
    let path = format!("/oauth2/jwks/{api}");
    shop.house.stranger("GET", &path).send().await.good(200)
}

/// The algorithms of a key set, in its order, each once.
async fn algorithms(shop: &Shop, api: &str) -> Vec<String> {
    let set = key_set(shop, api).await;
    let keys = set["keys"].as_array().unwrap().iter();
    let mut names: Vec<String> = keys
        .map(|key| key["alg"].as_str().unwrap().to_owned())
        .collect();
    names.dedup();
    names
}

#[actix_web::test]
async fn an_api_goes_over_to_another_algorithm_without_a_token_that_nobody_can_verify() {
    for shop in Shop::both().await {
        with_stock(&shop).await;
        let house = &shop.house;
        assert_eq!(algorithms(&shop, "orders").await, ["ES256"]);
        let choice = json!({ "algorithm": "RS256" });
        let chosen = house.post("/apis/orders/choose-algorithm", choice).await;
        let chosen = chosen.good(200);
        assert_eq!(chosen["signs"], "ES256", "{chosen}");
        assert_eq!(chosen["next"], "RS256");
        assert_eq!(chosen["shown"], json!(["ES256", "RS256"]));
        let lead = house.app.keys.config().timing.publication_lead;
        let until = house.app.now().plus(lead).to_string();
        assert_eq!(chosen["until"], until);
        assert_eq!(house.get("/apis/orders/algorithm").await, chosen);
        assert_eq!(algorithms(&shop, "orders").await, ["ES256", "RS256"]);
        house.clock.advance(lead - Duration::from_secs(1));
        assert_eq!(signed_with(&shop, ORDERS).await, "ES256");
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(signed_with(&shop, ORDERS).await, "RS256");
        assert_eq!(algorithms(&shop, "orders").await, ["RS256", "ES256"]);
        assert_eq!(signed_with(&shop, STOCK).await, "ES256");
        assert_eq!(algorithms(&shop, "stock").await, ["ES256"]);
    }
}

#[actix_web::test]
async fn one_token_for_apis_of_different_algorithms_is_refused_with_the_reason() {
    let shop = Shop::one().await;
    with_stock(&shop).await;
    let both = [("resource", ORDERS), ("resource", STOCK)];
    shop.ask(&both).await.good(200);
    let choice = json!({ "algorithm": "RS256", "force": "A verifier knows nothing else." });
    let path = "/apis/orders/choose-algorithm";
    shop.house.post(path, choice).await.good(200);
    let refused = shop.ask(&both).await;
    assert_eq!(error_of(&refused, 400), "invalid_target");
    let said = refused.json()["error_description"].clone();
    let expected = "Tokens for these resources are signed with different algorithms; ask for one token for each";
    assert_eq!(said, expected);
    assert_eq!(signed_with(&shop, ORDERS).await, "RS256");
    assert_eq!(signed_with(&shop, STOCK).await, "ES256");
}

#[actix_web::test]
async fn what_cannot_be_chosen_is_refused_with_the_way_out() {
    let shop = Shop::one().await;
    let path = "/apis/orders/choose-algorithm";
    let post = async |body: Value| shop.house.post(path, body).await;
    let missing = post(json!({ "algorithm": "PS256" })).await;
    let problem = missing.problem("body-invalid");
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("access/PS256"), "{problem}");
    assert_eq!(problem["errors"][0]["pointer"], "/algorithm");
    for bad in ["HS256", "none", "es256", ""] {
        let refused = post(json!({ "algorithm": bad })).await;
        refused.problem("body-invalid");
    }
    let same = post(json!({ "algorithm": "installation" })).await;
    assert_eq!(same.status, 409);
}
