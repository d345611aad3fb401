//! Grants: found by the person who allowed them and by those who see the APIs, and ended by either.

use gatewright_domain::id::TeamId;
use serde_json::{Value, json};

use super::{
    codes::Desk,
    shop::{FORM, encoded, error_of},
};

const READ: &str = "orders:v1:read";

async fn page(desk: &Desk, path: &str) -> String {
    let ask = desk.shop.house.stranger("GET", path);
    let ask = ask.with("accept", "text/html").with("cookie", &desk.cookie);
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

async fn begin(desk: &Desk, name: &str) -> String {
    let wish = json!({ "name": name, "scopes": [READ] });
    let begun = desk
        .shop
        .house
        .post("/applications/Shop/grants", wish)
        .await;
    begun.good(201)["id"].as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_person_finds_what_they_allowed_and_ends_it() {
    for desk in Desk::both().await {
        let house = &desk.shop.house;
        let empty = page(&desk, "/console/account/grants").await;
        assert!(empty.contains("No application acts for you"), "{empty}");
        let code = desk.code(&[]).await;
        let granted = desk.redeem(&code, &[]).await.good(200);
        begin(&desk, "nightly").await;
        let own = house.get("/grants").await;
        let [grant] = own["items"].as_array().unwrap().as_slice() else {
            panic!("{own}");
        };
        assert_eq!(grant["person"], "ada");
        assert_eq!(grant["application"], "Shop");
        assert_eq!(grant["versions"], json!(["orders/v1"]));
        assert_eq!(grant["scopes"], json!([READ]));
        assert_eq!(grant["status"], "live");
        let all = house.get("/applications/Shop/grants").await;
        assert_eq!(all["items"].as_array().unwrap().len(), 2, "{all}");
        assert_eq!(
            all["items"][0]["person"],
            Value::Null,
            "an operator began it"
        );
        let id = grant["id"].as_str().unwrap();
        assert_eq!(house.get(&format!("/grants/{id}")).await, *grant);
        let shown = page(&desk, "/console/account/grants").await;
        let revoke = format!("/console/grants/{id}/revoke");
        assert!(shown.contains("Shop") && shown.contains(&revoke), "{shown}");
        let asked = page(&desk, &revoke).await;
        assert!(asked.contains("holds it for ada, for orders/v1"), "{asked}");
        let ask = house.stranger("POST", &revoke);
        let sent = ask
            .with("cookie", &desk.cookie)
            .with("origin", "https://portal.example")
            .with("sec-fetch-site", "same-origin")
            .raw(FORM, encoded(&[("reason", "I am done with it.")]))
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        assert_eq!(sent.header("location"), "/console/account/grants");
        let over = house.get(&format!("/grants/{id}")).await;
        assert_eq!(over["status"], "revoked");
        let refresh = granted["refresh_token"].as_str().unwrap();
        let ask = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let refused = desk.shop.post("/oauth2/token", &ask).await;
        assert_eq!(error_of(&refused, 400), "invalid_grant");
        let token = granted["access_token"].as_str().unwrap();
        assert_eq!(desk.about(token).await["active"], false);
    }
}

#[actix_web::test]
async fn what_is_for_other_teams_apis_only_is_not_there() {
    for desk in Desk::both().await {
        let id = begin(&desk, "nightly").await;
        let house = &desk.shop.house;
        let team = house.post("/teams", json!({ "name": "Elsewhere" })).await;
        let team: TeamId = team.good(201)["id"].as_str().unwrap().parse().unwrap();
        let bob = house.publisher_of(team).await;
        let ask = async |path: &str| {
            let path = format!("/api/v1{path}");
            house.bearer(&bob, "GET", &path).send().await
        };
        let none = ask("/applications/Shop/grants?limit=1").await.good(200);
        assert_eq!(none, json!({ "items": [], "next_cursor": null }));
        ask(&format!("/grants/{id}")).await.problem("not-found");
        assert_eq!(ids(&house.get("/applications/Shop/grants").await), [&id]);
    }
}

#[actix_web::test]
async fn grants_are_listed_a_page_at_a_time_the_newest_first() {
    for desk in Desk::both().await {
        let mut begun = Vec::new();
        for name in ["first", "second", "third"] {
            begun.push(begin(&desk, name).await);
        }
        begun.reverse();
        let house = &desk.shop.house;
        let list = "/applications/Shop/grants?limit=2";
        let first = house.get(list).await;
        assert_eq!(ids(&first), begun[..2]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = house.get(&format!("{list}&cursor={cursor}")).await;
        assert_eq!(ids(&rest), begun[2..]);
        assert_eq!(rest["next_cursor"], Value::Null);
    }
}
