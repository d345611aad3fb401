//! Token exchange: what a client gets for a token that it was sent, and what it does not get.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gatewright_domain::time::Clock;
use gatewright_testkit::sender::Sender;
use serde_json::{Value, json};

use super::shop::{FORM, ORDERS, Shop, basic, encoded, error_of};
use crate::house::Answer;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const READ: &str = "orders:v1:read";

/// A client beside the shop, that may exchange tokens.
struct Agent {
    id: String,
    header: String,
}

impl Shop {
    /// Registers a client that may exchange, with a subscription of its own.
    async fn agent(&self, name: &str) -> Agent {
        let new = json!({ "name": name });
        let registered = self.house.post("/consumers/Acme/applications", new).await;
        registered.good(201);
        let wish = json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read", "write"] });
        let at = |what: &str| format!("/applications/{name}/{what}");
        let subscribed = self.house.post(&at("subscriptions"), wish).await;
        subscribed.good(201);
        let secret = self.house.post(&at("secrets"), json!({})).await.good(201);
        let text = |field: &str| secret[field].as_str().unwrap().to_owned();
        self.allow(name, &["client_credentials", EXCHANGE]).await;
        Agent {
            header: basic(&text("client_id"), &text("client_secret")),
            id: text("client_id"),
        }
    }

    /// Lets an application use these grants and no others.
    async fn allow(&self, name: &str, grants: &[&str]) {
        let path = format!("/applications/{name}/client");
        let tag = self.house.tag(&path).await;
        let ask = self.house.admin("PATCH", &path).with("if-match", &tag);
        ask.json(&json!({ "grants": grants })).await.good(200);
    }

    async fn own_token(&self, fields: &[(&str, &str)]) -> String {
        let answer = self.ask(fields).await.good(200);
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// What this client is answered when it wants to exchange a token.
    async fn exchange(&self, by: &Agent, token: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", EXCHANGE),
            ("subject_token", token),
            ("subject_token_type", ACCESS_TOKEN),
        ];
        fields.extend(more);
        self.post_as(&by.header, "/oauth2/token", &fields).await
    }

    async fn exchanged(&self, by: &Agent, token: &str, more: &[(&str, &str)]) -> String {
        let answer = self.exchange(by, token, more).await.good(200);
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn refused(&self, by: &Agent, token: &str, more: &[(&str, &str)]) -> String {
        error_of(&self.exchange(by, token, more).await, 400)
    }

    /// What introspection says of a token to the administrator.
    async fn known_of(&self, token: &str) -> Value {
        let header = format!("Bearer {}", self.house.admin_token());
        let ask = [("token", token)];
        self.post_as(&header, "/oauth2/introspect", &ask)
            .await
            .good(200)
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[actix_web::test]
async fn a_client_gets_a_narrower_token_that_says_for_whom_it_acts() {
    for shop in Shop::both().await {
        let agent = shop.agent("Agent").await;
        let token = shop.own_token(&[]).await;
        shop.house.clock.advance(Duration::from_secs(100));
        let answer = shop.exchange(&agent, &token, &[("scope", READ)]).await;
        let given = answer.good(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(given["issued_token_type"], ACCESS_TOKEN);
        assert_eq!(given["token_type"], "Bearer");
        assert_eq!(given["expires_in"], 500, "it ends with the other");
        assert_eq!(given.get("scope"), None, "it is what was asked for");
        assert_eq!(given.get("refresh_token"), None);
        let text = given["access_token"].as_str().unwrap();
        let said = claims(text);
        assert_eq!(said["sub"], shop.client_id);
        assert_eq!(said["client_id"], agent.id);
        assert_eq!(said["act"], json!({ "sub": agent.id }));
        assert_eq!(said["scope"], READ);
        assert_eq!(said["aud"], ORDERS);
        assert_eq!(said["sid"], claims(&token)["jti"]);
        let known = shop.known_of(text).await;
        for name in ["sub", "client_id", "act", "scope", "sid", "exp"] {
            assert_eq!(known[name], said[name], "{name}");
        }
        let listed = shop.house.get("/applications/Agent/tokens").await;
        assert_eq!(listed["items"][0]["name"], "token exchange", "{listed}");
    }
}

#[actix_web::test]
async fn p34_what_is_wider_or_not_ours_or_over_is_refused() {
    let shop = Shop::one().await;
    let agent = shop.agent("Agent").await;
    let token = shop.own_token(&[("scope", READ)]).await;
    for scope in [
        "orders:v1:write",
        "orders:v1:read orders:v1:write",
        "other",
        "orders:v1:read other",
    ] {
        assert_eq!(
            shop.refused(&agent, &token, &[("scope", scope)]).await,
            "invalid_scope",
            "{scope}"
        );
    }
    for name in ["resource", "audience"] {
        let more = [(name, "https://api.example/stock/v1")];
        assert_eq!(shop.refused(&agent, &token, &more).await, "invalid_target");
        shop.exchanged(&agent, &token, &[(name, ORDERS)]).await;
    }
    let whole = shop.exchange(&agent, &token, &[]).await.good(200);
    assert_eq!(whole["scope"], READ, "no more than the other carries");
    let foreign = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL290aGVyLmV4YW1wbGUifQ.";
    for bad in ["garbage", foreign, &format!("{token}A")] {
        assert_eq!(shop.refused(&agent, bad, &[]).await, "invalid_request");
    }
    let revoked = shop.own_token(&[]).await;
    shop.post("/oauth2/revoke", &[("token", &revoked)])
        .await
        .good(200);
    assert_eq!(shop.refused(&agent, &revoked, &[]).await, "invalid_request");
    shop.house.clock.advance(Duration::from_secs(600));
    // The leeway of the verifiers is not for what we issue ourselves.
    assert_eq!(shop.refused(&agent, &token, &[]).await, "invalid_request");
}

#[actix_web::test]
async fn p34_nobody_acts_for_themselves_and_the_fourth_in_a_row_not_at_all() {
    let shop = Shop::one().await;
    let mut agents = Vec::new();
    for name in ["A", "B", "C", "D"] {
        agents.push(shop.agent(name).await);
    }
    let [a, b, c, d] = agents.try_into().unwrap_or_else(|_| unreachable!());
    let token = shop.own_token(&[]).await;
    let by_a = shop.exchanged(&a, &token, &[]).await;
    let by_b = shop.exchanged(&b, &by_a, &[]).await;
    let by_c = shop.exchanged(&c, &by_b, &[]).await;
    let act = json!({ "sub": c.id, "act": { "sub": b.id, "act": { "sub": a.id } } });
    assert_eq!(claims(&by_c)["act"], act);
    assert_eq!(shop.known_of(&by_c).await["act"], act);
    assert_eq!(shop.refused(&d, &by_c, &[]).await, "invalid_request");
    assert_eq!(
        shop.refused(&a, &by_b, &[]).await,
        "invalid_request",
        "A acts already"
    );
    // Of one's own one has a narrower one, without anybody who acts.
    shop.allow("Shop", &["client_credentials", EXCHANGE]).await;
    let own = Agent {
        id: shop.client_id.clone(),
        header: shop.basic(),
    };
    let narrow = shop.exchanged(&own, &token, &[("scope", READ)]).await;
    assert_eq!(claims(&narrow).get("act"), None);
    assert_eq!(
        shop.refused(&own, &by_a, &[]).await,
        "invalid_request",
        "it is about the shop itself"
    );
    let actor = [
        ("actor_token", token.as_str()),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    assert_eq!(shop.refused(&own, &token, &actor).await, "invalid_request");
    assert_eq!(
        shop.refused(&a, &token, &actor).await,
        "invalid_request",
        "an actor's token is its own"
    );
}

#[actix_web::test]
async fn an_actor_says_so_with_a_token_of_its_own() {
    let shop = Shop::one().await;
    let agent = shop.agent("Agent").await;
    let token = shop.own_token(&[]).await;
    let fields = [("grant_type", "client_credentials")];
    let own = shop
        .post_as(&agent.header, "/oauth2/token", &fields)
        .await
        .good(200);
    let own = own["access_token"].as_str().unwrap();
    let actor = [("actor_token", own), ("actor_token_type", ACCESS_TOKEN)];
    let text = shop.exchanged(&agent, &token, &actor).await;
    assert_eq!(claims(&text)["act"], json!({ "sub": agent.id }));
    for half in [&actor[..1], &actor[1..]] {
        assert_eq!(shop.refused(&agent, &token, half).await, "invalid_request");
    }
    let refresh = (
        "requested_token_type",
        "urn:ietf:params:oauth:token-type:refresh_token",
    );
    assert_eq!(
        shop.refused(&agent, &token, &[refresh]).await,
        "invalid_request"
    );
    let jwt = [(
        "subject_token_type",
        "urn:ietf:params:oauth:token-type:id_token",
    )];
    let fields = [("grant_type", EXCHANGE), ("subject_token", &*token), jwt[0]];
    let answer = shop.post_as(&agent.header, "/oauth2/token", &fields).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let bare = shop
        .post_as(&agent.header, "/oauth2/token", &fields[..1])
        .await;
    assert_eq!(error_of(&bare, 400), "invalid_request");
}

#[actix_web::test]
async fn a_client_exchanges_only_where_somebody_turned_it_on() {
    let shop = Shop::one().await;
    let token = shop.own_token(&[]).await;
    let own = Agent {
        id: shop.client_id.clone(),
        header: shop.basic(),
    };
    assert_eq!(shop.refused(&own, &token, &[]).await, "unauthorized_client");
    shop.allow("Shop", &[EXCHANGE]).await;
    shop.exchanged(&own, &token, &[]).await;
}

#[actix_web::test]
async fn p35_a_bound_token_is_exchanged_only_with_its_proof() {
    let shop = Shop::one().await;
    shop.allow("Shop", &["client_credentials", EXCHANGE]).await;
    let (holder, other) = (Sender::new().unwrap(), Sender::new().unwrap());
    let url = "https://portal.example/oauth2/token";
    let prove = async |sender: &Sender, jti: &str, fields: &[(&str, &str)]| {
        let claims = Sender::claims("POST", url, None, jti, shop.house.clock.now());
        let ask = shop.house.stranger("POST", "/oauth2/token");
        let ask = ask.with("authorization", &shop.basic());
        let ask = ask.with("dpop", &sender.proof(&claims).unwrap());
        ask.raw(FORM, encoded(fields)).await
    };
    let bound = prove(&holder, "e-1", &[("grant_type", "client_credentials")])
        .await
        .good(200);
    let bound = bound["access_token"].as_str().unwrap();
    let own = Agent {
        id: shop.client_id.clone(),
        header: shop.basic(),
    };
    assert_eq!(shop.refused(&own, bound, &[]).await, "invalid_request");
    let fields = [
        ("grant_type", EXCHANGE),
        ("subject_token", bound),
        ("subject_token_type", ACCESS_TOKEN),
    ];
    let stolen = prove(&other, "e-2", &fields).await;
    assert_eq!(error_of(&stolen, 400), "invalid_request");
    let given = prove(&holder, "e-3", &fields).await.good(200);
    assert_eq!(given["token_type"], "DPoP");
    let text = given["access_token"].as_str().unwrap();
    assert_eq!(claims(text)["cnf"], json!({ "jkt": holder.thumbprint() }));
    assert_eq!(shop.known_of(text).await["active"], true);
    // A bearer token becomes one of whoever asks.
    let bearer = shop.own_token(&[]).await;
    let fields = [fields[0], ("subject_token", &bearer), fields[2]];
    let given = prove(&other, "e-4", &fields).await.good(200);
    let said = claims(given["access_token"].as_str().unwrap());
    assert_eq!(said["cnf"], json!({ "jkt": other.thumbprint() }));
}

#[actix_web::test]
async fn what_was_exchanged_dies_with_what_it_was_exchanged_for() {
    for shop in Shop::both().await {
        let (agent, further) = (shop.agent("Agent").await, shop.agent("Further").await);
        let token = shop.own_token(&[]).await;
        let first = shop.exchanged(&agent, &token, &[]).await;
        let second = shop.exchanged(&further, &first, &[]).await;
        let again = shop.exchanged(&further, &first, &[]).await;
        shop.post_as(&further.header, "/oauth2/revoke", &[("token", &again)])
            .await
            .good(200);
        for (text, lives) in [
            (&again, false),
            (&second, true),
            (&first, true),
            (&token, true),
        ] {
            assert_eq!(shop.known_of(text).await["active"], lives);
        }
        shop.post("/oauth2/revoke", &[("token", &token)])
            .await
            .good(200);
        for text in [&token, &first, &second] {
            assert_eq!(shop.known_of(text).await, json!({ "active": false }));
        }
        assert_eq!(shop.refused(&further, &first, &[]).await, "invalid_request");

        let begun = json!({ "name": "nightly", "scopes": [READ] });
        let begun = shop
            .house
            .post("/applications/Shop/grants", begun)
            .await
            .good(201);
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", begun["refresh_token"].as_str().unwrap()),
        ];
        let token = shop.post("/oauth2/token", &refresh).await.good(200);
        let token = token["access_token"].as_str().unwrap();
        let derived = shop.exchanged(&agent, token, &[]).await;
        assert_eq!(shop.known_of(&derived).await["active"], true);
        let id = begun["id"].as_str().unwrap();
        let sid = claims(&derived)["sid"].as_str().unwrap().to_owned();
        assert!(sid.starts_with(id), "{sid}");
        shop.house
            .post(&format!("/grants/{id}/revoke"), json!({}))
            .await
            .good(200);
        assert_eq!(shop.known_of(&derived).await, json!({ "active": false }));
    }
}
