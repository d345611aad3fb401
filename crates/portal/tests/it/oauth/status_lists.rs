//! Where status lists are served, and in which form.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::shop::Shop;

const LISTS: &str = "/oauth2/status-lists";
const MEDIA: &str = "application/statuslist+jwt";

fn part(document: &str, part: usize) -> Value {
    let text = document.split('.').nth(part).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// Issues a token that people hold, and gives where its status is served.
async fn list_of(shop: &Shop) -> String {
    let wish = json!({ "name": "laptop", "scopes": ["orders:v1:read"], "lifetime_s": 7200 });
    let issued = shop.house.post("/applications/Shop/tokens", wish).await;
    let issued = issued.good(201);
    let claims = part(issued["token"].as_str().unwrap(), 1);
    let uri = claims["status"]["status_list"]["uri"].as_str().unwrap();
    uri.strip_prefix("https://portal.example")
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn a_list_is_found_where_the_issuer_and_its_tokens_say() {
    let shop = Shop::one().await;
    let get = |path: &str| shop.house.stranger("GET", path);
    let empty = get(LISTS).send().await.good(200);
    assert_eq!(empty, json!({ "status_lists": [] }));
    let path = list_of(&shop).await;
    let server = get("/.well-known/oauth-authorization-server")
        .send()
        .await
        .good(200);
    let uri = format!("https://portal.example{LISTS}");
    assert_eq!(server["status_list_aggregation_endpoint"], uri.as_str());
    let all = get(LISTS).send().await;
    assert_eq!(all.header("access-control-allow-origin"), "*");
    let own = format!("https://portal.example{path}");
    assert_eq!(all.good(200), json!({ "status_lists": [own] }));

    let answer = get(&path).with("accept", MEDIA).send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, MEDIA));
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    let document = answer.text();
    assert_eq!(part(&document, 0)["typ"], "statuslist+jwt");
    let claims = part(&document, 1);
    assert_eq!((&claims["sub"], &claims["ttl"]), (&json!(own), &json!(60)));
    assert_eq!(claims["iss"], "https://portal.example");
    assert_eq!(claims["status_list"]["bits"], 1);
    let known = get(&path).with("if-none-match", answer.header("etag"));
    assert_eq!(known.send().await.status, 304);
    assert_eq!(shop.house.stranger("HEAD", &path).send().await.status, 200);
}

#[actix_web::test]
async fn a_list_that_is_not_there_is_404_and_one_in_another_form_406() {
    let shop = Shop::one().await;
    let path = list_of(&shop).await;
    for wrong in [
        "0",
        "65537",
        "065536",
        "+65536",
        "65536.0",
        "-1",
        "x",
        "4294967296",
        "%20",
    ] {
        let answer = shop
            .house
            .stranger("GET", &format!("{LISTS}/{wrong}"))
            .send()
            .await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
    let status = async |accept: &str| {
        let ask = shop.house.stranger("GET", &path).with("accept", accept);
        ask.send().await.status
    };
    for accept in [
        MEDIA,
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "Application/StatusList+JWT",
        "application/statuslist+jwt;q=0.5",
    ] {
        assert_eq!(status(accept).await, 200, "{accept}");
    }
    for accept in [
        "text/html",
        "application/statuslist+cwt",
        "application/json",
        "application/statuslist+jwt;q=0",
        "*/*;q=0.0",
    ] {
        assert_eq!(status(accept).await, 406, "{accept}");
    }
}
