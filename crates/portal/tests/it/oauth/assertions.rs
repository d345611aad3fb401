//! Clients that prove themselves with a signature, over HTTP.

use gatewright_testkit::sender::Sender;
use serde_json::{Value, json};

use super::shop::{Shop, error_of};
use crate::house::Answer;

const TOKEN: &str = "/oauth2/token";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const NOW: i64 = 1_800_000_000;

struct Signing {
    shop: Shop,
    key: Sender,
}

impl Signing {
    async fn one() -> Self {
        Self::over(Shop::one().await).await
    }

    async fn over(shop: Shop) -> Self {
        let key = Sender::new().unwrap();
        let set = json!({ "keys": [key.jwk()] });
        let methods = ["private_key_jwt"];
        shop.edit(json!({ "key_set": set, "auth_methods": methods }))
            .await;
        Self { shop, key }
    }

    fn claims(&self, jti: &str) -> Value {
        let client = &self.shop.client_id;
        json!({ "iss": client, "sub": client, "aud": "https://portal.example", "exp": NOW + 60, "jti": jti })
    }

    fn assertion(&self, claims: &Value) -> String {
        self.key.sign(&json!({ "alg": "ES256" }), claims).unwrap()
    }

    async fn ask(&self, assertion: &str) -> Answer {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ];
        self.shop.post_bare(TOKEN, &fields).await
    }
}

#[actix_web::test]
async fn p24_an_assertion_counts_once() {
    for shop in Shop::both().await {
        let client = Signing::over(shop).await;
        let assertion = client.assertion(&client.claims("j-1"));
        let granted = client.ask(&assertion).await.good(200);
        assert_eq!(granted["token_type"], "Bearer");
        assert_eq!(
            error_of(&client.ask(&assertion).await, 401),
            "invalid_client"
        );
        let next = client.assertion(&client.claims("j-2"));
        client.ask(&next).await.good(200);
        let answer = client.shop.ask(&[]).await;
        assert_eq!(
            error_of(&answer, 401),
            "invalid_client",
            "the secret is switched off"
        );
    }
}

#[actix_web::test]
async fn p25_an_assertion_is_addressed_to_the_issuer_alone() {
    let client = Signing::one().await;
    let audiences = [
        json!("https://portal.example/oauth2/token"),
        json!("https://portal.example/"),
        json!(["https://portal.example", "https://other.example"]),
        json!([]),
    ];
    for (number, audience) in audiences.into_iter().enumerate() {
        let mut claims = client.claims(&format!("j-{number}"));
        claims["aud"] = audience;
        let answer = client.ask(&client.assertion(&claims)).await;
        assert_eq!(error_of(&answer, 401), "invalid_client", "{claims}");
    }
}

#[actix_web::test]
async fn p26_an_access_token_is_no_assertion_and_an_assertion_no_access_token() {
    let client = Signing::one().await;
    let assertion = client.assertion(&client.claims("j-1"));
    let granted = client.ask(&assertion).await.good(200);
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(error_of(&client.ask(token).await, 401), "invalid_client");
    let fresh = client.assertion(&client.claims("j-2"));
    let inspected = client
        .shop
        .house
        .post("/inspect", json!({ "token": fresh }));
    let inspected = inspected.await.good(200);
    let mut steps = inspected["steps"].as_array().unwrap().iter();
    assert!(
        steps.any(|step| step["verdict"] == "refused"),
        "{inspected}"
    );
}

#[actix_web::test]
async fn an_assertion_of_another_key_client_or_type_proves_nothing() {
    let client = Signing::one().await;
    let stranger = Sender::new().unwrap();
    let header = json!({ "alg": "ES256" });
    let forged = stranger.sign(&header, &client.claims("j-1")).unwrap();
    assert_eq!(error_of(&client.ask(&forged).await, 401), "invalid_client");
    let mut claims = client.claims("j-2");
    claims["iss"] = json!("c_00000000000000000000000000");
    let answer = client.ask(&client.assertion(&claims)).await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
    let assertion = client.assertion(&client.claims("j-3"));
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_assertion", assertion.as_str()),
    ];
    let untyped = client.shop.post_bare(TOKEN, &fields).await;
    assert_eq!(error_of(&untyped, 400), "invalid_request");
}

#[actix_web::test]
async fn a_key_set_that_holds_a_private_key_is_not_registered() {
    let shop = Shop::one().await;
    let mut key = Sender::new().unwrap().jwk();
    key["d"] = json!("AAAA");
    let path = "/applications/Shop/client";
    let tag = shop.house.tag(path).await;
    let edit = shop.house.admin("PATCH", path).with("if-match", &tag);
    let answer = edit.json(&json!({ "key_set": { "keys": [key] } })).await;
    let problem = answer.problem("body-invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/key_set");
}

#[actix_web::test]
async fn keys_are_registered_or_published_and_saying_one_takes_the_place_of_the_other() {
    let shop = Shop::one().await;
    let set = json!({ "keys": [Sender::new().unwrap().jwk()] });
    let path = "/applications/Shop/client";
    let address = "https://shop.example/keys.json";
    shop.edit(json!({ "key_set": set })).await;
    shop.edit(json!({ "key_set_uri": address })).await;
    let client = shop.house.get(path).await;
    assert_eq!(client["key_set_uri"], address);
    assert_eq!(client["key_set"], Value::Null);
    shop.edit(json!({ "key_set": set })).await;
    let client = shop.house.get(path).await;
    assert_eq!(client["key_set_uri"], Value::Null);
    assert_eq!(client["key_set"], set.to_string());
    for wrong in [
        json!({ "key_set": set, "key_set_uri": address }),
        json!({ "key_set_uri": "ftp://shop.example/keys" }),
    ] {
        let tag = shop.house.tag(path).await;
        let edit = shop.house.admin("PATCH", path).with("if-match", &tag);
        let problem = edit.json(&wrong).await.problem("body-invalid");
        assert!(
            problem["errors"].to_string().contains("/key_set"),
            "{problem}"
        );
    }
}
