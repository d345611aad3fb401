//! One token in detail: what it came of, and which of its scopes its calls have needed.

use std::time::Duration;

use gatewright_domain::{
    id::{RequestId, VersionId},
    operation::Method,
    record::{AccessRecord, Batch},
    time::Timestamp,
    token::Jti,
};
use gatewright_store::quiet::acknowledgements::EMBEDDED;
use serde_json::{Value, json};

use crate::{forms::sign_in, house::House, whole_path::open_shop};

async fn issue(house: &House, lifetime_s: u64) -> Value {
    let wish = json!({
        "name": "laptop", "scopes": ["orders:v1:read", "orders:v1:write"], "lifetime_s": lifetime_s,
    });
    let issued = house.post("/applications/Shop/tokens", wish).await;
    let id = issued.good(201)["id"].as_str().unwrap().to_owned();
    house.get(&format!("/tokens/{id}")).await
}

async fn version(house: &House) -> VersionId {
    let page = house.get("/apis/orders/versions/v1").await;
    page["id"].as_str().unwrap().parse().unwrap()
}

/// A gateway tells of a call by this token, made a second later.
async fn call(house: &House, token: &Value, method: Method, refused: Option<&str>) -> Timestamp {
    let at = house.clock.advance(Duration::from_secs(1));
    tell(house, token, (method, at), refused).await;
    at
}

async fn tell(
    house: &House,
    token: &Value,
    (method, at): (Method, Timestamp),
    refused: Option<&str>,
) {
    let record = AccessRecord {
        at,
        request: RequestId::draw(at, &*house.app.entropy),
        version: Some(version(house).await),
        operation: Some((method, "/orders".to_owned())),
        application: None,
        jti: Some(Jti::from_wire(token["jti"].as_str().unwrap().to_owned())),
        refused: refused.map(str::to_owned),
        status: 200,
        bytes: 0,
        upstream_us: None,
        total_us: 1,
    };
    let batch = Batch {
        records: vec![record],
        ..Batch::default()
    };
    house.app.registry.record(EMBEDDED, batch).await.unwrap();
}

async fn detail(house: &House, token: &Value) -> Value {
    let id = token["id"].as_str().unwrap();
    house.get(&format!("/tokens/{id}")).await
}

fn needed(detail: &Value) -> Vec<(String, Value)> {
    let uses = detail["scope_uses"].as_array().unwrap().iter();
    let one = |used: &Value| {
        let scope = used["scope"].as_str().unwrap().to_owned();
        (scope, used["last_needed_at"].clone())
    };
    uses.map(one).collect()
}

#[actix_web::test]
async fn the_scopes_that_calls_needed_are_told_from_those_that_none_was_seen_to_need() {
    for house in House::both().await {
        open_shop(&house).await;
        let token = issue(&house, 7200).await;
        assert_eq!(token["is_noted"], true);
        let (read, write) = ("orders:v1:read".to_owned(), "orders:v1:write".to_owned());
        let unseen = [(read.clone(), Value::Null), (write.clone(), Value::Null)];
        assert_eq!(needed(&token), unseen);
        call(&house, &token, Method::Post, Some("scope-missing")).await;
        assert_eq!(
            needed(&detail(&house, &token).await),
            unseen,
            "it was refused"
        );
        call(&house, &token, Method::Get, None).await;
        let last = call(&house, &token, Method::Get, None).await;
        let seen = detail(&house, &token).await;
        let expected = [(read, json!(last)), (write, Value::Null)];
        assert_eq!(needed(&seen), expected);
        let operation = json!({
            "version": "orders/v1", "method": "GET", "path": "/orders", "last_used_at": last,
        });
        assert_eq!(seen["operations"], json!([operation]));
        let cookie = sign_in(&house).await;
        let path = format!("/console/tokens/{}", token["id"].as_str().unwrap());
        let page = house.stranger("GET", &path).with("cookie", &cookie);
        let page = page.with("accept", "text/html").send().await.text();
        for words in [
            "needed 1 of 2 scopes",
            "Not seen",
            "GET /orders",
            "Replace or narrow",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}

#[actix_web::test]
async fn an_earlier_call_that_is_told_later_changes_nothing() {
    for house in House::both().await {
        open_shop(&house).await;
        let token = issue(&house, 7200).await;
        let last = call(&house, &token, Method::Get, None).await;
        let early = last.minus(Duration::from_secs(600));
        tell(&house, &token, (Method::Get, early), None).await;
        let seen = detail(&house, &token).await;
        assert_eq!(seen["operations"][0]["last_used_at"], json!(last));
    }
}

#[actix_web::test]
async fn of_a_token_of_an_hour_nothing_is_noted_and_that_is_said() {
    for house in House::both().await {
        open_shop(&house).await;
        let token = issue(&house, 3600).await;
        call(&house, &token, Method::Get, None).await;
        let seen = detail(&house, &token).await;
        assert_eq!(seen["is_noted"], false);
        assert_eq!(seen["operations"], json!([]));
        assert!(
            seen["last_used_at"].is_string(),
            "that it was used is known"
        );
        let subject = seen["subject"].as_str().unwrap();
        assert!(subject.starts_with("c_"), "{subject}");
        let alone = [&seen["grant"], &seen["session"], &seen["binding"]];
        assert_eq!(alone, [&Value::Null; 3]);
    }
}
