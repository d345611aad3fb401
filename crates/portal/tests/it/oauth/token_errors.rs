//! What the token endpoint refuses, with which code, status and headers.

use serde_json::json;

use super::shop::{FORM, ORDERS, Shop, basic, encoded, error_of};

const TOKEN: &str = "/oauth2/token";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[actix_web::test]
async fn p27_two_ways_of_authentication_at_once_are_an_invalid_request() {
    let shop = Shop::one().await;
    let (client, secret) = (shop.client_id.as_str(), shop.secret.as_str());
    let both = [GRANT, ("client_id", client), ("client_secret", secret)];
    let answer = shop.post(TOKEN, &both).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let asserted = [
        GRANT,
        ("client_assertion", "a.b.c"),
        ("client_secret", secret),
    ];
    let answer = shop.post_bare(TOKEN, &asserted).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let twice = shop.house.stranger("POST", TOKEN);
    let twice = twice.with("authorization", &shop.basic());
    let answer = twice.appended("authorization", &shop.basic());
    let answer = answer.raw(FORM, encoded(&[GRANT])).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let other = [GRANT, ("client_id", "c_00000000000000000000000000")];
    let answer = shop.post(TOKEN, &other).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    shop.post(TOKEN, &[GRANT, ("client_id", client)])
        .await
        .good(200);
}

#[actix_web::test]
async fn p28_a_parameter_twice_is_refused_and_two_resources_are_two() {
    let shop = Shop::one().await;
    let answer = shop.post(TOKEN, &[GRANT, GRANT]).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let answer = shop
        .ask(&[("resource", ORDERS), ("resource", ORDERS)])
        .await;
    answer.good(200);
    let other = ("resource", "https://api.example/stock/v1");
    let answer = shop.ask(&[("resource", ORDERS), other]).await;
    assert_eq!(error_of(&answer, 400), "invalid_target");
    let answer = shop
        .ask(&[("scope", ""), ("scope", "orders:v1:read")])
        .await;
    assert_eq!(answer.good(200).get("scope"), None, "empty is not sent");
}

#[actix_web::test]
async fn p29_name_and_secret_are_form_decoded_in_the_header() {
    let shop = Shop::one().await;
    let escaped = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect::<String>()
    };
    let header = basic(&escaped(&shop.client_id), &escaped(&shop.secret));
    shop.post_as(&header, TOKEN, &[GRANT]).await.good(200);
    // A secret that holds a colon, a percent sign, a plus, a blank and an umlaut arrives whole, and is simply not ours.
    let foreign = basic(&shop.client_id, "a%3Ab%25c%2Bd+e%C3%BC");
    let answer = shop.post_as(&foreign, TOKEN, &[GRANT]).await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
}

#[actix_web::test]
async fn p30_a_broken_header_authenticates_nobody_and_is_challenged() {
    let shop = Shop::one().await;
    let long = basic(&"c".repeat(10 * 1024), "x");
    let wrong = basic(&shop.client_id, &shop.secret.replace("gw_cs_", "gw_ct_"));
    let headers = [
        "Basic !!!",
        "Basic",
        "Basic YWJj",
        "Bearer abc",
        &basic(&shop.client_id, "%zz"),
        &basic("nobody", "x"),
        &basic("c_00000000000000000000000000", &shop.secret),
        &wrong,
        &long,
    ];
    let mut bodies = std::collections::BTreeSet::new();
    for header in headers {
        let answer = shop.post_as(header, TOKEN, &[GRANT]).await;
        assert_eq!(error_of(&answer, 401), "invalid_client", "{header}");
        bodies.insert(answer.body);
    }
    let answer = shop.post_bare(TOKEN, &[GRANT]).await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
    bodies.insert(answer.body);
    assert_eq!(bodies.len(), 1, "nobody learns which of it was wrong");
}

#[actix_web::test]
async fn p31_other_methods_and_other_bodies_are_refused() {
    let shop = Shop::one().await;
    let answer = shop.house.stranger("GET", TOKEN).send().await;
    assert_eq!(error_of(&answer, 405), "invalid_request");
    assert_eq!(answer.header("allow"), "POST");
    let send = async |media: &str, body: String| {
        let ask = shop.house.stranger("POST", TOKEN);
        let ask = ask.with("authorization", &shop.basic());
        ask.raw(media, body).await
    };
    let object = json!({ "grant_type": "client_credentials" }).to_string();
    let answer = send("application/json", object).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let form = || encoded(&[GRANT]);
    send("application/x-www-form-urlencoded; charset=utf-8", form())
        .await
        .good(200);
    let answer = send("application/x-www-form-urlencoded; charset=latin1", form()).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let answer = send(FORM, "grant_type=%zz".to_owned()).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    let answer = send(
        FORM,
        format!("grant_type=client_credentials&a={}", "a".repeat(65 * 1024)),
    )
    .await;
    assert_eq!(error_of(&answer, 413), "invalid_request");
    let answer = shop.post("/oauth2/token?client_secret=x", &[GRANT]).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
}

#[actix_web::test]
async fn p32_nothing_of_a_request_is_echoed_in_an_error() {
    let shop = Shop::one().await;
    for scope in ["a\r\nX-Evil: 1", "a\"b", "sch\u{f6}n", "a\\b"] {
        let answer = shop.ask(&[("scope", scope)]).await;
        assert_eq!(error_of(&answer, 400), "invalid_scope", "{scope}");
        assert!(answer.headers.get("x-evil").is_none());
        assert!(!String::from_utf8_lossy(&answer.body).contains("Evil"));
    }
    let answer = shop.post(TOKEN, &[("grant_type", "<script>")]).await;
    assert_eq!(error_of(&answer, 400), "unsupported_grant_type");
    assert!(!String::from_utf8_lossy(&answer.body).contains("<script"));
}

#[actix_web::test]
async fn p33_too_many_scopes_or_resources_are_refused() {
    let shop = Shop::one().await;
    let scopes = "s ".repeat(10_000);
    let answer = shop.ask(&[("scope", &scopes)]).await;
    assert_eq!(error_of(&answer, 400), "invalid_scope");
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("resource", ORDERS), 1000).collect();
    let answer = shop.ask(&many).await;
    assert_eq!(error_of(&answer, 400), "invalid_target");
}

#[actix_web::test]
async fn a_grant_type_that_is_missing_or_not_allowed_is_told_apart() {
    let shop = Shop::one().await;
    let answer = shop.post(TOKEN, &[]).await;
    assert_eq!(error_of(&answer, 400), "invalid_request");
    shop.edit(json!({ "grants": [] })).await;
    let answer = shop.ask(&[]).await;
    assert_eq!(error_of(&answer, 400), "unauthorized_client");
}

#[actix_web::test]
async fn a_client_that_asks_too_fast_is_told_when_to_come_back() {
    let shop = Shop::one().await;
    shop.edit(json!({ "tokens_per_minute": 3 })).await;
    for _ in 0..3 {
        shop.ask(&[]).await.good(200);
    }
    let answer = shop.ask(&[]).await;
    assert_eq!(error_of(&answer, 429), "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "20");
    shop.house.clock.advance(std::time::Duration::from_secs(20));
    shop.ask(&[]).await.good(200);
}

#[actix_web::test]
async fn the_secret_in_the_body_works_only_where_it_is_allowed() {
    let shop = Shop::one().await;
    let fields = [
        GRANT,
        ("client_id", &shop.client_id),
        ("client_secret", &shop.secret),
    ];
    let answer = shop.post_bare(TOKEN, &fields).await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
    shop.edit(json!({ "auth_methods": ["client_secret_post"] }))
        .await;
    shop.post_bare(TOKEN, &fields).await.good(200);
    let answer = shop.ask(&[]).await;
    assert_eq!(error_of(&answer, 401), "invalid_client");
}
