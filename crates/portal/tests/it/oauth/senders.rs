//! Bound tokens and refreshed grants at the token endpoint.

use gatewright_domain::time::Clock;
use gatewright_testkit::sender::Sender;
use serde_json::{Value, json};

use super::shop::{FORM, Shop, encoded, error_of};
use crate::house::Answer;

impl Shop {
    fn url(&self) -> String {
        "https://portal.example/oauth2/token".to_owned()
    }

    /// Posts a form to the token endpoint with these proofs beside the client's secret.
    async fn prove(&self, proofs: &[String], fields: &[(&str, &str)]) -> Answer {
        let mut ask = self.house.stranger("POST", "/oauth2/token");
        ask = ask.with("authorization", &self.basic());
        for proof in proofs {
            ask = ask.appended("dpop", proof);
        }
        ask.raw(FORM, encoded(fields)).await
    }

    fn claims(&self, jti: &str) -> Value {
        Sender::claims("POST", &self.url(), None, jti, self.house.clock.now())
    }

    /// A grant for `orders:v1:read`: its id and its first refresh token.
    async fn begin(&self, key: Option<String>) -> (String, String) {
        let wish = json!({ "name": "nightly", "scopes": ["orders:v1:read"], "key": key });
        let begun = self.house.post("/applications/Shop/grants", wish).await;
        let begun = begun.good(201);
        let text = |name: &str| begun[name].as_str().unwrap().to_owned();
        (text("id"), text("refresh_token"))
    }

    async fn refresh(&self, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/oauth2/token", &fields).await
    }
}

const OWN: [(&str, &str); 1] = [("grant_type", "client_credentials")];

#[actix_web::test]
async fn a_client_that_shows_a_key_gets_a_token_bound_to_it() {
    for shop in Shop::both().await {
        let sender = Sender::new().unwrap();
        let proof = sender.proof(&shop.claims("p-1")).unwrap();
        let answer = shop.prove(std::slice::from_ref(&proof), &OWN).await;
        let granted = answer.good(200);
        assert_eq!(granted["token_type"], "DPoP");
        let nonce = answer.header("dpop-nonce").to_owned();
        assert!(!nonce.is_empty());
        let token = granted["access_token"].as_str().unwrap();
        let claims = token.split('.').nth(1).unwrap();
        let claims = base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, claims);
        let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
        assert_eq!(claims["cnf"], json!({ "jkt": sender.thumbprint() }));

        let ask = shop
            .house
            .bearer(shop.house.admin_token(), "POST", "/oauth2/introspect");
        let active = ask.raw(FORM, encoded(&[("token", token)])).await.json();
        assert_eq!(active["active"], true, "{active}");
        assert_eq!(active["token_type"], "DPoP");
        assert_eq!(active["cnf"], json!({ "jkt": sender.thumbprint() }));
        let ended = shop.post("/oauth2/revoke", &[("token", token)]).await;
        assert_eq!(ended.status, 200);
        let listed = shop.house.get("/applications/Shop/tokens").await;
        assert_eq!(listed["items"][0]["status"], "revoked", "{listed}");

        let again = shop.prove(&[proof], &OWN).await;
        assert_eq!(error_of(&again, 400), "invalid_dpop_proof");
        let mut with_nonce = shop.claims("p-2");
        with_nonce["nonce"] = nonce.into();
        let proof = sender.proof(&with_nonce).unwrap();
        shop.prove(&[proof], &OWN).await.good(200);
        with_nonce["nonce"] = "stale".into();
        let proof = sender.proof(&with_nonce).unwrap();
        let stale = shop.prove(&[proof], &OWN).await;
        assert_eq!(error_of(&stale, 400), "use_dpop_nonce");
        assert!(!stale.header("dpop-nonce").is_empty());
    }
}

#[actix_web::test]
async fn p36_a_proof_that_does_not_hold_gets_no_token() {
    let shop = Shop::one().await;
    let sender = Sender::new().unwrap();
    let now = shop.house.clock.now().seconds();
    let refused = async |proofs: &[String]| {
        let answer = shop.prove(proofs, &OWN).await;
        assert_eq!(error_of(&answer, 400), "invalid_dpop_proof");
    };
    for (name, value) in [
        ("htm", json!("GET")),
        ("htu", json!("https://other.example/oauth2/token")),
        ("htu", json!(format!("{}?a=b", shop.url()))),
        ("iat", json!(now - 120)),
        ("iat", json!(now + 120)),
    ] {
        let mut claims = shop.claims("p-3");
        claims[name] = value;
        refused(&[sender.proof(&claims).unwrap()]).await;
    }
    let good = |jti: &str| sender.proof(&shop.claims(jti)).unwrap();
    refused(&[good("p-4"), good("p-5")]).await;
    refused(&["x".repeat(10_240)]).await;
    let mut private = sender.jwk();
    private["d"] = "AA".into();
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": private });
    refused(&[sender.sign(&header, &shop.claims("p-6")).unwrap()]).await;
    let header = json!({ "typ": "dpop+jwt", "alg": "HS256", "jwk": sender.jwk() });
    refused(&[sender.sign(&header, &shop.claims("p-7")).unwrap()]).await;
    let x = sender.jwk()["x"].as_str().unwrap().to_owned();
    let mut padded = sender.jwk();
    padded["x"] = format!("{x}=").into();
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": padded });
    refused(&[sender.sign(&header, &shop.claims("p-8")).unwrap()]).await;
    shop.prove(&[good("p-9")], &OWN).await.good(200);
}

#[actix_web::test]
async fn a_grant_is_refreshed_and_a_used_token_that_comes_again_ends_it() {
    for shop in Shop::both().await {
        let (id, first) = shop.begin(None).await;
        let answer = shop.refresh(&first).await;
        let refreshed = answer.good(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(refreshed["token_type"], "Bearer");
        assert_eq!(refreshed["scope"], "orders:v1:read");
        let second = refreshed["refresh_token"].as_str().unwrap();
        let again = shop.refresh(&first).await.good(200);
        assert_eq!(
            again["refresh_token"], second,
            "the answer may have been lost"
        );
        shop.refresh(second).await.good(200);
        assert_eq!(error_of(&shop.refresh(&first).await, 400), "invalid_grant");
        assert_eq!(error_of(&shop.refresh(second).await, 400), "invalid_grant");
        let revoke = format!("/grants/{id}/revoke");
        let over = shop.house.post(&revoke, json!({})).await;
        over.problem("state-forbids");
    }
}

#[actix_web::test]
async fn a_grant_gives_no_more_than_it_carries_and_ends_when_it_is_revoked() {
    let shop = Shop::one().await;
    let (id, first) = shop.begin(None).await;
    let ask = async |name: &str, value: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &first),
            (name, value),
        ];
        shop.post("/oauth2/token", &fields).await
    };
    for scope in ["orders:v1:write", "orders:v1:read other"] {
        assert_eq!(error_of(&ask("scope", scope).await, 400), "invalid_scope");
    }
    let other = ask("resource", "https://api.example/orders/v2").await;
    assert_eq!(error_of(&other, 400), "invalid_target");
    for bad in ["", "gw_rt_x", "a b"] {
        let expected = if bad.is_empty() {
            "invalid_request"
        } else {
            "invalid_grant"
        };
        assert_eq!(error_of(&shop.refresh(bad).await, 400), expected);
    }
    let second = shop.refresh(&first).await.good(200);
    let second = second["refresh_token"].as_str().unwrap();
    let revoke = format!("/grants/{id}/revoke");
    let revoked = shop
        .house
        .post(&revoke, json!({ "reason": "a leak" }))
        .await;
    assert!(revoked.good(200)["revoked_at"].is_string());
    assert_eq!(error_of(&shop.refresh(second).await, 400), "invalid_grant");
    let (id, third) = shop.begin(None).await;
    let ended = shop.post("/oauth2/revoke", &[("token", &third)]).await;
    assert_eq!(ended.status, 200);
    assert_eq!(error_of(&shop.refresh(&third).await, 400), "invalid_grant");
    let over = shop
        .house
        .post(&format!("/grants/{id}/revoke"), json!({}))
        .await;
    over.problem("state-forbids");
    shop.edit(json!({ "grants": ["client_credentials"] })).await;
    let refused = shop.refresh(second).await;
    assert_eq!(error_of(&refused, 400), "unauthorized_client");
}

#[actix_web::test]
async fn p06_a_bound_grant_asks_for_its_key_at_every_refresh() {
    let shop = Shop::one().await;
    let (own, other) = (Sender::new().unwrap(), Sender::new().unwrap());
    let (_, token) = shop.begin(Some(own.thumbprint())).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &token)];
    assert_eq!(error_of(&shop.refresh(&token).await, 400), "invalid_grant");
    let stolen = other.proof(&shop.claims("o-1")).unwrap();
    let stolen = shop.prove(&[stolen], &fields).await;
    assert_eq!(error_of(&stolen, 400), "invalid_grant");
    let proof = own.proof(&shop.claims("o-2")).unwrap();
    let refreshed = shop.prove(&[proof], &fields).await.good(200);
    assert_eq!(refreshed["token_type"], "DPoP");
    shop.edit(json!({ "require_dpop": true })).await;
    assert_eq!(error_of(&shop.ask(&[]).await, 400), "invalid_dpop_proof");
    let next = refreshed["refresh_token"].as_str().unwrap();
    let bare = shop.refresh(next).await;
    assert_eq!(error_of(&bare, 400), "invalid_dpop_proof");
    let proof = own.proof(&shop.claims("o-3")).unwrap();
    shop.prove(&[proof], &OWN).await.good(200);
    let page = shop.house.get("/applications/Shop/client").await;
    assert_eq!(page["require_dpop"], true);
}
