//! Introspection and revocation: what is said of tokens, to whom, and how they end.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gatewright_domain::{id::TeamId, time::Clock};
use gatewright_token::jwk::PublicJwk;
use serde_json::{Value, json};

use super::shop::{FORM, ORDERS, Shop, encoded, error_of};
use crate::house::Answer;

const ASK: &str = "/oauth2/introspect";
const REVOKE: &str = "/oauth2/revoke";
const SIGNED: &str = "application/token-introspection+jwt";

fn inactive() -> Value {
    json!({ "active": false })
}

impl Shop {
    /// A token of the client's own.
    async fn token(&self) -> String {
        let answer = self.ask(&[]).await.good(200);
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Lets the client ask about tokens for these versions.
    async fn serve(&self, versions: &[&str]) {
        self.edit(json!({ "serves": versions })).await;
    }

    async fn about(&self, token: &str) -> Value {
        let answer = self.post(ASK, &[("token", token)]).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.good(200)
    }

    /// What is said of a token to the administrator.
    async fn about_as_admin(&self, token: &str) -> Value {
        let header = format!("Bearer {}", self.house.admin_token());
        let answer = self.post_as(&header, ASK, &[("token", token)]).await;
        answer.good(200)
    }

    /// What is answered about a token to a client that accepts these.
    async fn about_as(&self, token: &str, accept: &str) -> Answer {
        let ask = self.house.stranger("POST", ASK);
        let ask = ask.with("authorization", &self.basic());
        let ask = ask.with("accept", accept);
        ask.raw(FORM, encoded(&[("token", token)])).await
    }

    /// The claims of a signed answer, and the header they came under; signed by a key that everybody can read.
    async fn signed_claims(&self, answer: &Answer) -> (Value, Value) {
        answer.good(200);
        assert_eq!(answer.header("content-type"), SIGNED);
        assert_eq!(answer.header("cache-control"), "no-store");
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let (input, signature) = text.rsplit_once('.').unwrap();
        let read = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let parts: Vec<Value> = input
            .split('.')
            .map(|part| serde_json::from_slice(&read(part)).unwrap())
            .collect();
        let set = self.house.stranger("GET", "/oauth2/jwks").send().await;
        let set = set.good(200);
        let mut keys = set["keys"].as_array().unwrap().iter();
        let key = keys.find(|key| key["kid"] == parts[0]["kid"]).unwrap();
        let key: PublicJwk = key.to_string().parse().unwrap();
        assert!(key.signed(input.as_bytes(), &read(signature)));
        (parts[1].clone(), parts[0].clone())
    }

    async fn revoke(&self, token: &str) -> Answer {
        self.post(REVOKE, &[("token", token)]).await
    }
}

#[actix_web::test]
async fn p11_without_authentication_a_token_and_garbage_look_alike() {
    let shop = Shop::one().await;
    let token = shop.token().await;
    let good = shop.post_bare(ASK, &[("token", &token)]).await;
    let garbage = shop.post_bare(ASK, &[("token", "garbage")]).await;
    assert_eq!(error_of(&good, 401), "invalid_client");
    assert_eq!(error_of(&garbage, 401), "invalid_client");
    assert_eq!(good.body, garbage.body);
    let stranger = format!("Bearer {token}");
    let answer = shop.post_as(&stranger, ASK, &[("token", &token)]).await;
    assert_eq!(
        error_of(&answer, 401),
        "invalid_client",
        "a token of an application asks nothing"
    );
}

#[actix_web::test]
async fn p12_who_does_not_stand_behind_the_audience_hears_nothing() {
    for shop in Shop::both().await {
        let token = shop.token().await;
        assert_eq!(shop.about(&token).await, inactive());
        shop.serve(&["orders/v1"]).await;
        let active = shop.about(&token).await;
        assert_eq!(active["active"], true);
        assert_eq!(active["aud"], ORDERS);
        assert_eq!(active["client_id"], shop.client_id);
        assert_eq!(active["sub"], shop.client_id);
        assert_eq!(active["iss"], "https://portal.example");
        assert_eq!(active["scope"], "orders:v1:read orders:v1:write");
        assert_eq!(active["token_type"], "Bearer");
        let lives = active["exp"].as_i64().unwrap() - active["iat"].as_i64().unwrap();
        assert_eq!(lives, 600);
        assert!(active["jti"].is_string());
        let path = "/applications/Shop/client";
        let tag = shop.house.tag(path).await;
        let unknown = json!({ "serves": ["stock/v1"] });
        let edit = shop.house.admin("PATCH", path).with("if-match", &tag);
        edit.json(&unknown).await.problem("not-found");
        shop.serve(&[]).await;
        assert_eq!(shop.about(&token).await, inactive());
    }
}

#[actix_web::test]
async fn p13_whatever_is_not_good_now_is_exactly_inactive() {
    let shop = Shop::one().await;
    shop.serve(&["orders/v1"]).await;
    let token = shop.token().await;
    let revoked = shop.token().await;
    shop.revoke(&revoked).await.good(200);
    assert_eq!(shop.about(&revoked).await, inactive());
    assert_eq!(shop.about("garbage").await, inactive());
    assert_eq!(shop.about(&format!("{token}A")).await, inactive());
    let large = "a".repeat(1024 * 1024);
    let answer = shop.post(ASK, &[("token", &large)]).await;
    assert_eq!(error_of(&answer, 413), "invalid_request");
    let empty = shop.post(ASK, &[("token", "")]).await;
    assert_eq!(error_of(&empty, 400), "invalid_request");
    let json = shop.house.stranger("POST", ASK);
    let json = json.raw("application/json", "{}").await;
    assert_eq!(error_of(&json, 400), "invalid_request");
    assert_eq!(shop.about(&token).await["active"], true);
    let block = json!({ "reason": "It leaks." });
    let stop = "/apis/orders/versions/v1/block";
    shop.house.post(stop, block).await.good(200);
    assert_eq!(
        shop.about(&token).await,
        inactive(),
        "the gateway refuses it as well"
    );
    let go = "/apis/orders/versions/v1/unblock";
    shop.house.post(go, json!({})).await.good(200);
    shop.house.clock.advance(Duration::from_secs(601 + 30));
    assert_eq!(shop.about(&token).await, inactive());
}

#[actix_web::test]
async fn p14_revoking_answers_alike_for_everything_that_is_dead() {
    for shop in Shop::both().await {
        let token = shop.token().await;
        let before = shop.house.events().await;
        for text in ["garbage", "a.b.c", &format!("{token}A")] {
            let answer = shop.revoke(text).await;
            assert_eq!((answer.status, answer.body.len()), (200, 0), "{text}");
        }
        assert_eq!(shop.house.events().await, before);
        for _ in 0..2 {
            let hinted = [
                ("token", token.as_str()),
                ("token_type_hint", "refresh_token"),
            ];
            let answer = shop.post(REVOKE, &hinted).await;
            assert_eq!((answer.status, answer.body.len()), (200, 0));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        assert_eq!(shop.house.events().await, before + 1);
        assert_eq!(shop.about_as_admin(&token).await, inactive());
        let listed = shop.house.get("/applications/Shop/tokens").await;
        assert_eq!(listed["items"][0]["status"], "revoked");
        let missing = shop.post(REVOKE, &[]).await;
        assert_eq!(error_of(&missing, 400), "invalid_request");
        let bare = shop.post_bare(REVOKE, &[("token", &token)]).await;
        assert_eq!(error_of(&bare, 401), "invalid_client");
    }
}

#[actix_web::test]
async fn p14_a_live_token_of_another_client_stays_alive() {
    let shop = Shop::one().await;
    let token = shop.token().await;
    let other = json!({ "name": "Other" });
    let registered = shop.house.post("/consumers/Acme/applications", other).await;
    registered.good(201);
    let secret = shop
        .house
        .post("/applications/Other/secrets", json!({}))
        .await;
    let secret = secret.good(201);
    let text = |name: &str| secret[name].as_str().unwrap().to_owned();
    let header = super::shop::basic(&text("client_id"), &text("client_secret"));
    let answer = shop.post_as(&header, REVOKE, &[("token", &token)]).await;
    assert_eq!(error_of(&answer, 400), "invalid_grant");
    assert_eq!(shop.about_as_admin(&token).await["active"], true);
    let dead = shop.post_as(&header, REVOKE, &[("token", "garbage")]).await;
    assert_eq!(dead.status, 200);
    shop.revoke(&token).await.good(200);
    let dead = shop.post_as(&header, REVOKE, &[("token", &token)]).await;
    assert_eq!(dead.status, 200, "nothing is left to protect");
}

#[actix_web::test]
async fn an_operator_asks_with_a_role_that_sees_every_api() {
    let shop = Shop::one().await;
    let token = shop.token().await;
    assert_eq!(shop.about_as_admin(&token).await["active"], true);
    let team = shop.house.post("/teams", json!({ "name": "Others" })).await;
    let team: TeamId = team.good(201)["id"].as_str().unwrap().parse().unwrap();
    let bob = format!("Bearer {}", shop.house.publisher_of(team).await);
    let answer = shop.post_as(&bob, ASK, &[("token", &token)]).await;
    assert_eq!(answer.good(403)["error"], "insufficient_scope");
    let get = shop.house.stranger("GET", ASK).send().await;
    assert_eq!(error_of(&get, 405), "invalid_request");
    let ask = shop
        .house
        .stranger("POST", ASK)
        .with("authorization", "Bearer x");
    let answer = ask.raw(FORM, "token=x").await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
}

#[actix_web::test]
async fn an_answer_is_signed_for_the_one_who_asks_so() {
    for shop in Shop::both().await {
        shop.serve(&["orders/v1"]).await;
        let token = shop.token().await;
        let plain = shop.about(&token).await;
        let answer = shop.about_as(&token, SIGNED).await;
        let (claims, header) = shop.signed_claims(&answer).await;
        assert_eq!(header["typ"], "token-introspection+jwt");
        assert_eq!(header["alg"], "ES256");
        let issued = shop.house.clock.now().seconds();
        let said = json!({
            "iss": "https://portal.example", "aud": shop.client_id, "iat": issued, "token_introspection": plain,
        });
        assert_eq!(claims, said, "neither sub nor exp stands at the top");
        let signed = String::from_utf8(answer.body.to_vec()).unwrap();
        assert_eq!(shop.about(&signed).await, inactive(), "it is no token");
        for text in ["garbage", &signed] {
            let answer = shop.about_as(text, SIGNED).await;
            let (claims, _) = shop.signed_claims(&answer).await;
            assert_eq!(claims["token_introspection"], inactive());
        }
        let header = format!("Bearer {}", shop.house.admin_token());
        let ask = shop.house.stranger("POST", ASK).with("accept", SIGNED);
        let ask = ask.with("authorization", &header);
        let answer = ask.raw(FORM, encoded(&[("token", &token)])).await;
        let (claims, _) = shop.signed_claims(&answer).await;
        assert!(
            claims["aud"].as_str().unwrap().starts_with("op_"),
            "{claims}"
        );
    }
}

#[actix_web::test]
async fn an_answer_is_plain_unless_the_signed_one_is_named_and_liked_as_much() {
    let shop = Shop::one().await;
    let token = shop.token().await;
    let first = format!("{SIGNED};q=0.9, application/json;q=0.8");
    let upper = SIGNED.to_uppercase();
    for accept in [
        &*first,
        &*upper,
        "*/*;q=0.1, application/token-introspection+jwt",
    ] {
        let answer = shop.about_as(&token, accept).await;
        assert_eq!(answer.header("content-type"), SIGNED, "{accept}");
    }
    let last = format!("application/json, {SIGNED};q=0.5");
    let never = format!("{SIGNED};q=0");
    for accept in [&*last, &*never, "*/*", "application/*", "text/html", ";;,"] {
        let answer = shop.about_as(&token, accept).await;
        assert_eq!(
            answer.header("content-type"),
            "application/json",
            "{accept}"
        );
        assert_eq!(answer.good(200), inactive(), "{accept}");
    }
    let ask = shop.house.stranger("POST", ASK).with("accept", SIGNED);
    let nobody = ask.raw(FORM, encoded(&[("token", &token)])).await;
    assert_eq!(error_of(&nobody, 401), "invalid_client");
}

#[actix_web::test]
async fn where_nothing_can_be_signed_no_answer_is_given_instead() {
    let shop = Shop::one().await;
    let token = shop.token().await;
    // A clock that is behind would sign before the key's window begins.
    shop.house
        .clock
        .set(shop.house.clock.now().minus(Duration::from_secs(3600)));
    let answer = shop.about_as(&token, SIGNED).await;
    assert_eq!(error_of(&answer, 503), "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "1");
    shop.about_as(&token, "application/json").await.good(200);
}
