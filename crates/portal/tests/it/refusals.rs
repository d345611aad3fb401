//! Bad input: a problem that says what, why and what next; nothing stored.

use serde_json::json;

use crate::{house::House, whole_path::open_shop};

#[actix_web::test]
async fn a_body_that_is_wrong_is_told_where() {
    let house = House::one().await;
    let events = house.events().await;
    let cases = [
        (json!({ "name": "orders", "colour": "red" }), "body-invalid"),
        (json!({}), "body-invalid"),
        (json!({ "name": 7 }), "body-invalid"),
        (json!({ "name": "Not a slug" }), "body-invalid"),
        (json!(["orders"]), "body-invalid"),
        (
            json!({ "name": "orders", "team": "nobody" }),
            "body-invalid",
        ),
    ];
    for (body, slug) in cases {
        let answer = house.post("/apis", body.clone()).await;
        assert_eq!(answer.status, 422, "{body}");
        let problem = answer.problem(slug);
        assert!(problem["errors"][0]["detail"].is_string(), "{problem}");
    }
    let problem = house
        .post("/apis", json!({ "name": 7 }))
        .await
        .problem("body-invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/name");
    let cut = house
        .admin("POST", "/apis")
        .raw("application/json", "{\"name\":")
        .await;
    assert_eq!(cut.status, 400);
    cut.problem("body-malformed");
    let form = house
        .admin("POST", "/apis")
        .raw("text/plain", "name=orders")
        .await;
    assert_eq!(form.status, 415);
    form.problem("media-type");
    let large = format!("{{\"name\":\"{}\"}}", "a".repeat(2 * 1024 * 1024));
    let large = house
        .admin("POST", "/apis")
        .raw("application/json", large)
        .await;
    assert_eq!(large.status, 413);
    large.problem("body-too-large");
    assert_eq!(house.events().await, events, "nothing was stored");
}

#[actix_web::test]
async fn an_edit_says_what_it_has_read() {
    let house = House::one().await;
    house
        .post("/apis", json!({ "name": "orders" }))
        .await
        .good(201);
    let edit = json!({ "title": "Other" });
    let blind = house.admin("PATCH", "/apis/orders").json(&edit).await;
    assert_eq!(blind.status, 428);
    blind.problem("if-match-needed");
    let tag = house.tag("/apis/orders").await;
    let first = house
        .admin("PATCH", "/apis/orders")
        .with("if-match", &tag)
        .json(&edit)
        .await;
    first.good(200);
    let late = json!({ "title": "Late" });
    let stale = house
        .admin("PATCH", "/apis/orders")
        .with("if-match", &tag)
        .json(&late)
        .await;
    assert_eq!(stale.status, 412);
    stale.problem("stale");
    assert_eq!(house.get("/apis/orders").await["title"], "Other");
}

#[actix_web::test]
async fn a_move_that_the_lifecycle_forbids_is_told_so() {
    let house = House::one().await;
    open_shop(&house).await;
    for verb in ["publish", "retire", "unblock", "discard"] {
        let answer = house
            .post(&format!("/apis/orders/versions/v1/{verb}"), json!({}))
            .await;
        assert_eq!(answer.status, 409, "{verb}");
        answer.problem("state-forbids");
    }
    let past = json!({ "sunset": "2020-01-01T00:00:00Z" });
    let past = house.post("/apis/orders/versions/v1/deprecate", past).await;
    assert_eq!(
        past.problem("body-invalid")["errors"][0]["pointer"],
        "/sunset"
    );
    house
        .post("/apis", json!({ "name": "orders" }))
        .await
        .problem("taken");
}

#[actix_web::test]
async fn a_contract_with_errors_is_refused_with_its_findings() {
    let house = House::one().await;
    house
        .post("/apis", json!({ "name": "orders" }))
        .await
        .good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let events = house.events().await;
    let upload = house.admin("PUT", "/apis/orders/versions/v1/contract");
    let answer = upload
        .raw("application/yaml", "openapi: 3.1.0\npaths: []\n")
        .await;
    assert_eq!(answer.status, 422);
    let problem = answer.problem("contract-invalid");
    assert!(!problem["findings"].as_array().unwrap().is_empty());
    assert_eq!(house.events().await, events);
}

#[actix_web::test]
async fn a_repeated_key_is_carried_out_once() {
    for house in House::both().await {
        let body = json!({ "name": "orders" });
        let ask = || house.admin("POST", "/apis").with("idempotency-key", "one");
        let first = ask().json(&body).await;
        let again = ask().json(&body).await;
        assert_eq!(again.good(201), first.good(201));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let other = ask().json(&json!({ "name": "others" })).await;
        assert_eq!(other.status, 422);
        other.problem("idempotency-mismatch");
        let ask = || {
            house
                .admin("POST", "/gateways")
                .with("idempotency-key", "two")
        };
        ask().json(&json!({ "name": "edge" })).await.good(201);
        let shown = ask().json(&json!({ "name": "edge" })).await;
        assert_eq!(shown.status, 409);
        shown.problem("shown-once");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_told_in_problems_too() {
    let house = House::one().await;
    for path in [
        "/nothing",
        "/apis/orders",
        "/tokens/not-an-id",
        "/apis/orders/versions/1",
    ] {
        let answer = house.admin("GET", path).send().await;
        assert_eq!(answer.status, 404, "{path}");
        answer.problem("not-found");
    }
    let answer = house.admin("PUT", "/apis").send().await;
    assert_eq!(answer.status, 405);
    answer.problem("method-not-allowed");
    for query in ["limit=0", "limit=many", "colour=red"] {
        let answer = house.admin("GET", &format!("/apis?{query}")).send().await;
        assert_eq!(answer.status, 400, "{query}");
        answer.problem("request-invalid");
    }
}
