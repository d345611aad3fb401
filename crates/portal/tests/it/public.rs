//! What anybody may read.

use serde_json::json;

use crate::{
    house::{House, METRICS_TOKEN},
    whole_path::open_shop,
};

#[actix_web::test]
async fn the_key_set_is_public_and_can_be_kept() {
    let house = House::one().await;
    let set = house.stranger("GET", "/oauth2/jwks").send().await;
    let keys = set.good(200);
    assert_eq!(
        keys["keys"].as_array().unwrap().len(),
        6,
        "of each ring one that signs, one that stands by"
    );
    assert!(keys["keys"][0].get("d").is_none());
    assert_eq!(set.header("access-control-allow-origin"), "*");
    assert!(set.header("cache-control").contains("max-age=300"));
    let same = house
        .stranger("GET", "/oauth2/jwks")
        .with("if-none-match", set.header("etag"));
    assert_eq!(same.send().await.status, 304);
    assert_eq!(
        house.stranger("HEAD", "/oauth2/jwks").send().await.status,
        200
    );
}

#[actix_web::test]
async fn the_key_set_of_an_api_holds_what_its_verifiers_need() {
    let house = House::one().await;
    open_shop(&house).await;
    let path = "/oauth2/jwks/orders";
    let set = house.stranger("GET", path).send().await;
    let keys = set.good(200);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 4);
    assert_eq!(set.header("access-control-allow-origin"), "*");
    let same = house.stranger("GET", path);
    let same = same.with("if-none-match", set.header("etag"));
    assert_eq!(same.send().await.status, 304);
    for unknown in ["/oauth2/jwks/nothing", "/oauth2/jwks/"] {
        assert_eq!(house.stranger("GET", unknown).send().await.status, 404);
    }
    let posted = house.stranger("POST", path).send().await;
    assert_eq!(posted.status, 405);
}

#[actix_web::test]
async fn the_issuer_and_each_version_say_where_things_are() {
    let house = House::one().await;
    open_shop(&house).await;
    let server = house
        .stranger("GET", "/.well-known/oauth-authorization-server")
        .send()
        .await;
    let server = server.good(200);
    assert_eq!(server["issuer"], "https://portal.example");
    assert_eq!(server["jwks_uri"], "https://portal.example/oauth2/jwks");
    let resource = "/.well-known/oauth-protected-resource/orders/v1";
    let resource = house.stranger("GET", resource).send().await.good(200);
    assert_eq!(resource["resource"], "https://api.example/orders/v1");
    // RFC 9728 means keys of the resource's own by it, and our gateways have none.
    assert_eq!(resource.get("jwks_uri"), None);
    assert_eq!(
        resource["scopes_supported"],
        json!(["orders:v1:read", "orders:v1:write"])
    );
    let draft = house.stranger("GET", "/.well-known/oauth-protected-resource/orders/v2");
    assert_eq!(draft.send().await.status, 404);
}

#[actix_web::test]
async fn a_server_that_lives_and_is_ready_says_no_more_than_that() {
    let house = House::one().await;
    for (path, status) in [("/healthz", "alive"), ("/readyz", "ready")] {
        let answer = house.stranger("GET", path).send().await;
        assert_eq!(answer.good(200), json!({ "status": status }), "{path}");
    }
}

#[actix_web::test]
async fn counters_are_read_with_their_token_or_an_access_token() {
    let house = House::one().await;
    let refused = house.stranger("GET", "/metrics").send().await;
    refused.problem("access-token-missing");
    let wrong = house.bearer("what-nobody-says", "GET", "/metrics");
    wrong.send().await.problem("access-token-invalid");
    house.get("/apis").await;
    house.stranger("GET", "/nowhere/at/all").send().await;
    house.stranger("BREW", "/healthz").send().await;

    let by_token = house.bearer(METRICS_TOKEN, "GET", "/metrics").send().await;
    let text = String::from_utf8(by_token.body.to_vec()).unwrap();
    assert_eq!(by_token.status, 200, "{text}");
    for line in [
        r#"gatewright_portal_answers_total{method="GET",route="/api/v1/apis",status="200"} 1"#,
        r#"gatewright_portal_answers_total{method="GET",route="none",status="404"} 1"#,
        r#"gatewright_portal_answers_total{method="GET",route="/metrics",status="401"} 2"#,
        r#"gatewright_portal_answer_seconds_count{route="/api/v1/apis"} 1"#,
        &format!("gatewright_portal_revision {}", house.events().await),
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(
        !text.contains("BREW") && !text.contains("nowhere"),
        "{text}"
    );
    let by_operator = house.bearer(house.admin_token(), "GET", "/metrics");
    assert_eq!(by_operator.send().await.status, 200);
}
