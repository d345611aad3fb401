//! What the token endpoint grants.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::shop::{ORDERS, Shop, error_of};

#[actix_web::test]
async fn a_client_gets_a_token_of_its_own_that_has_a_row_and_an_event() {
    for shop in Shop::both().await {
        let before = shop.house.events().await;
        let answer = shop.ask(&[]).await;
        let granted = answer.good(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("pragma"), "no-cache");
        assert_eq!(granted["token_type"], "Bearer");
        assert_eq!(granted["expires_in"], 600);
        assert_eq!(granted["scope"], "orders:v1:read orders:v1:write");
        assert_eq!(granted.get("refresh_token"), None);
        assert_eq!(shop.house.events().await, before + 1);

        let token = granted["access_token"].as_str().unwrap();
        let inspected = shop.house.post("/inspect", json!({ "token": token })).await;
        let inspected = inspected.good(200);
        let claims: Value =
            serde_json::from_str(inspected["claims"]["text"].as_str().unwrap()).unwrap();
        assert_eq!(claims["aud"], ORDERS);
        assert_eq!(claims["sub"], shop.client_id);
        assert_eq!(claims["client_id"], shop.client_id);
        let steps = inspected["openings"][0]["steps"].as_array().unwrap();
        assert!(
            steps.iter().all(|step| step["verdict"] == "passed"),
            "{steps:?}"
        );
        let events = shop.house.get("/audit/events?action=token.issue").await;
        let event = events["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(event["actor"]["kind"], "application");
        assert_eq!(event["via"], "oauth");
        let page = shop.house.get("/applications/Shop/client").await;
        assert!(page["secrets"][0]["last_used_at"].is_string(), "{page}");
    }
}

#[actix_web::test]
async fn less_than_was_asked_for_is_granted_and_said() {
    for shop in Shop::both().await {
        let scope = async |text: &str| shop.ask(&[("scope", text)]).await;
        let exact = scope("orders:v1:read").await.good(200);
        assert_eq!(exact.get("scope"), None, "the same need not be said");
        let less = scope("orders:v1:read orders:v1:delete other *").await;
        assert_eq!(less.good(200)["scope"], "orders:v1:read");
        let none = scope("orders:v1:delete").await;
        assert_eq!(error_of(&none, 400), "invalid_scope");
        shop.edit(json!({ "scopes": ["orders:v1:write"] })).await;
        let registered = shop.ask(&[]).await.good(200);
        assert_eq!(registered["scope"], "orders:v1:write");
        let outside = scope("orders:v1:read").await;
        assert_eq!(error_of(&outside, 400), "invalid_scope");
    }
}

#[actix_web::test]
async fn with_several_subscriptions_the_client_names_the_resource() {
    let shop = Shop::one().await;
    let house = &shop.house;
    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let upload = house.admin("PUT", "/apis/orders/versions/v2/contract");
    let contract = crate::whole_path::contract().to_string();
    upload.raw("application/json", contract).await.good(200);
    let published = house.post("/apis/orders/versions/v2/publish", json!({}));
    published.await.good(200);
    let second =
        json!({ "api": "orders", "version": "v2", "plan": "Standard", "scopes": ["read"] });
    let opened = house.post("/applications/Shop/subscriptions", second).await;
    let second = opened.good(201)["id"].as_str().unwrap().to_owned();

    let unnamed = shop.ask(&[]).await;
    assert_eq!(error_of(&unnamed, 400), "invalid_target");
    let v2 = "https://api.example/orders/v2";
    let one = shop.ask(&[("resource", v2)]).await.good(200);
    assert_eq!(one["scope"], "orders:v2:read");
    let both = shop.ask(&[("resource", v2), ("resource", ORDERS)]).await;
    assert_eq!(
        both.good(200)["scope"],
        "orders:v1:read orders:v1:write orders:v2:read"
    );
    for wrong in [
        "https://api.example/orders/v3",
        "https://api.example/orders/v1/",
        "x",
    ] {
        let answer = shop.ask(&[("resource", wrong)]).await;
        assert_eq!(error_of(&answer, 400), "invalid_target", "{wrong}");
    }
    let pause = format!("/subscriptions/{second}/pause");
    house.post(&pause, json!({})).await.good(200);
    let paused = shop.ask(&[("resource", v2)]).await;
    assert_eq!(error_of(&paused, 400), "invalid_target");
    shop.ask(&[]).await.good(200);
}

#[actix_web::test]
async fn the_shortest_of_all_bounds_is_the_lifetime() {
    let shop = Shop::one().await;
    let lives = async || {
        shop.ask(&[]).await.good(200)["expires_in"]
            .as_u64()
            .unwrap()
    };
    shop.edit(json!({ "token_lifetime_s": 7200 })).await;
    assert_eq!(lives().await, 3600, "the ring signs none that lives longer");
    let plan = shop.house.get("/apis/orders/plans").await["items"][0]["id"].clone();
    let path = format!("/apis/orders/plans/{}", plan.as_str().unwrap());
    let tag = shop.house.tag(&path).await;
    let shorter = json!({ "max_token_lifetime_s": 1800 });
    let edit = shop.house.admin("PATCH", &path).with("if-match", &tag);
    edit.json(&shorter).await.good(200);
    assert_eq!(lives().await, 1800);
    // The clock of the house stands at 2027-01-15T08:00:00Z.
    let sunset = json!({ "sunset": "2027-01-16T08:00:00Z" });
    let deprecate = "/apis/orders/versions/v1/deprecate";
    shop.house.post(deprecate, sunset).await.good(200);
    shop.house.clock.advance(Duration::from_secs(86_400 - 90));
    assert_eq!(lives().await, 90);
    shop.house.clock.advance(Duration::from_secs(90));
    assert_eq!(error_of(&shop.ask(&[]).await, 400), "invalid_target");
}

#[actix_web::test]
async fn what_is_stopped_or_revoked_gets_nothing_more() {
    for shop in Shop::both().await {
        shop.ask(&[]).await.good(200);
        let stop = "/applications/Shop/disable";
        shop.house.post(stop, json!({})).await.good(200);
        assert_eq!(error_of(&shop.ask(&[]).await, 401), "invalid_client");
        let go = "/applications/Shop/enable";
        shop.house.post(go, json!({})).await.good(200);
        shop.ask(&[]).await.good(200);
        let id = shop.secret.split('_').nth(2).unwrap();
        let revoke = format!("/applications/Shop/secrets/{id}/revoke");
        shop.house.post(&revoke, json!({})).await.good(200);
        assert_eq!(error_of(&shop.ask(&[]).await, 401), "invalid_client");
        shop.house
            .post(&revoke, json!({}))
            .await
            .problem("state-forbids");
    }
}

#[actix_web::test]
async fn two_secrets_work_at_once_and_the_old_one_ends() {
    for shop in Shop::both().await {
        let path = "/applications/Shop/secrets";
        let next = shop.house.post(path, json!({ "overlap_s": 3600 })).await;
        let next = next.good(201);
        let third = shop.house.post(path, json!({})).await;
        third.problem("state-forbids");
        let listed = shop.house.get("/applications/Shop/client").await;
        let states: BTreeSet<&str> = listed["secrets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|secret| secret["status"].as_str().unwrap())
            .collect();
        assert_eq!(states, BTreeSet::from(["ending", "live"]));
        assert!(!listed.to_string().contains(&shop.secret));
        shop.ask(&[]).await.good(200);
        let new = super::shop::basic(&shop.client_id, next["client_secret"].as_str().unwrap());
        let grant = [("grant_type", "client_credentials")];
        shop.post_as(&new, "/oauth2/token", &grant).await.good(200);
        shop.house.clock.advance(Duration::from_secs(3600));
        assert_eq!(error_of(&shop.ask(&[]).await, 401), "invalid_client");
        shop.post_as(&new, "/oauth2/token", &grant).await.good(200);
    }
}

#[actix_web::test]
async fn those_who_wait_together_share_one_event_that_names_every_token() {
    for shop in Shop::both().await {
        let before = shop.house.events().await;
        let asks = (0..20).map(|_| shop.ask(&[]));
        let answers = futures_util::future::join_all(asks).await;
        let tokens: BTreeSet<String> = answers
            .iter()
            .map(|answer| {
                answer.good(200)["access_token"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert_eq!(tokens.len(), 20);
        let events = shop.house.events().await - before;
        assert!(events < 20, "{events} events");
        let listed = shop.house.get("/applications/Shop/tokens?limit=100").await;
        let listed: BTreeSet<String> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|token| token["jti"].as_str().unwrap().to_owned())
            .collect();
        let trail = shop.house.get("/audit/events?action=token&limit=100").await;
        let mut named = BTreeSet::new();
        for event in trail["items"].as_array().unwrap() {
            assert_eq!(event["actor"]["kind"], "application");
            for change in event["changes"].as_array().unwrap() {
                let name = change["name"].as_str().unwrap();
                match name.strip_prefix("tokens/") {
                    Some(jti) => named.insert(jti.to_owned()),
                    None if name == "jti" => {
                        named.insert(change["new"].as_str().unwrap().to_owned())
                    }
                    None => false,
                };
            }
        }
        assert_eq!(
            named, listed,
            "no token without a row, no row without its name in the trail"
        );
    }
}

#[actix_web::test]
async fn who_is_not_believed_stands_in_the_trail_and_a_flood_is_counted() {
    let shop = Shop::one().await;
    let before = shop.house.events().await;
    let wrong = super::shop::basic(&shop.client_id, "nothing");
    for _ in 0..30 {
        let grant = [("grant_type", "client_credentials")];
        let answer = shop.post_as(&wrong, "/oauth2/token", &grant).await;
        assert_eq!(error_of(&answer, 401), "invalid_client");
    }
    assert_eq!(shop.house.events().await, before + 20);
}
