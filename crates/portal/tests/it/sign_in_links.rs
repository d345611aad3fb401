//! A link that signs an operator in once.

use std::time::Duration;

use gatewright_domain::{access::Caller, id::OperatorId};

use crate::house::{Answer, House};

/// A link to the operator, as the terminal prints it.
async fn link(house: &House) -> (OperatorId, String) {
    let name = "ada".parse().unwrap();
    let ada = house.app.reader.operator_named(&name).await.unwrap();
    let ada = ada.unwrap().id();
    let link = house
        .app
        .operators
        .issue_sign_in_link(&Caller::command_line(), ada)
        .await
        .unwrap();
    (ada, format!("/sign-in/{}", link.secret.lend(Clone::clone)))
}

async fn follow(house: &House, link: &str) -> Answer {
    let press = house.stranger("POST", link);
    press
        .with("sec-fetch-site", "same-origin")
        .with("origin", "https://portal.example")
        .raw("application/x-www-form-urlencoded", "")
        .await
}

#[actix_web::test]
async fn a_link_signs_in_once_however_often_it_was_looked_at() {
    for house in House::both().await {
        let (_, link) = link(&house).await;
        let before = house.events().await;
        for _ in 0..2 {
            assert_eq!(house.stranger("GET", &link).send().await.status, 200);
        }
        assert_eq!(house.events().await, before, "looking changes nothing");
        let welcome = follow(&house, &link).await;
        assert_eq!(
            (welcome.status, welcome.header("location")),
            (303, "/console")
        );
        let cookie = welcome.header("set-cookie");
        assert!(cookie.starts_with("__Host-gatewright=gw_ses_"), "{cookie}");
        assert_eq!(house.events().await, before + 1);
        follow(&house, &link).await.problem("state-forbids");
        house
            .stranger("GET", &link)
            .send()
            .await
            .problem("state-forbids");
    }
}

#[actix_web::test]
async fn a_link_ends_by_age_by_a_later_one_and_with_its_operator() {
    let house = House::one().await;
    let (_, first) = link(&house).await;
    let (_, second) = link(&house).await;
    follow(&house, &first).await.problem("state-forbids");
    house.clock.advance(Duration::from_secs(15 * 60));
    follow(&house, &second).await.problem("state-forbids");

    let (ada, third) = link(&house).await;
    let disabled = house
        .app
        .operators
        .disable(&Caller::command_line(), ada)
        .await;
    disabled.unwrap();
    follow(&house, &third).await.problem("state-forbids");
}

#[actix_web::test]
async fn a_link_is_followed_from_our_own_page_only() {
    let house = House::one().await;
    let (_, link) = link(&house).await;
    let foreign = house.stranger("POST", &link);
    let foreign = foreign
        .with("sec-fetch-site", "cross-site")
        .with("origin", "https://elsewhere.example");
    let refused = foreign.raw("application/x-www-form-urlencoded", "").await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        follow(&house, &link).await.status,
        303,
        "it was not used up"
    );
    for hostile in ["/sign-in/x", "/sign-in/gw_sil_", "/sign-in/gw_ses_a"] {
        assert_eq!(
            house.stranger("GET", hostile).send().await.status,
            409,
            "{hostile}"
        );
    }
}
