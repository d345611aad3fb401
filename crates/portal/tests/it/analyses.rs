//! Many at once who have contracts read, linted and compared: none waits for ever, and whoever is sent away is told when to
//! come again.

use futures_util::future::{join_all, join5};
use serde_json::{Value, json};

use crate::{
    house::{Answer, House},
    whole_path::{contract, open_shop},
};

/// A contract that takes its time.
fn long(title: &str) -> Value {
    let mut document = contract();
    document["info"]["title"] = json!(title);
    let operation = document["paths"]["/orders"]["get"].clone();
    for number in 0..120 {
        document["paths"][format!("/things/{number}")] = json!({ "get": operation });
    }
    document
}

async fn upload(house: &House, version: usize, title: &str) -> Answer {
    let path = format!("/apis/orders/versions/v{version}/contract?reason=test");
    let put = house.admin("PUT", &path);
    put.raw("application/json", long(title).to_string()).await
}

/// Good, or sent away for a while.
fn is_good(answer: &Answer, what: &str) -> bool {
    if answer.status != 503 {
        assert!(
            matches!(answer.status, 200..=299),
            "{what}: {}",
            answer.text()
        );
        return true;
    }
    answer.problem("busy");
    assert_eq!(answer.header("retry-after"), "2", "{what}");
    false
}

#[actix_web::test]
async fn a_crowd_is_served_or_told_to_come_again_and_nobody_waits_for_ever() {
    for house in House::both().await {
        open_shop(&house).await;
        house
            .post(
                "/apis/orders/choose-ruleset",
                json!({ "ruleset": "spectral:oas" }),
            )
            .await
            .good(200);
        upload(&house, 1, "First").await.good(200);
        for version in 2..10 {
            let draft =
                json!({ "number": format!("v{version}"), "upstream": "http://127.0.0.1:9" });
            house.post("/apis/orders/versions", draft).await.good(201);
            upload(&house, version, "Draft").await.good(200);
        }
        let get = async |path: String| {
            let answer = house
                .admin("GET", &format!("/apis/orders/{path}"))
                .send()
                .await;
            is_good(&answer, &path)
        };
        let publish = async |version: usize| {
            let path = format!("/apis/orders/versions/v{version}/publish");
            is_good(&house.post(&path, json!({})).await, &path)
        };
        let take =
            async |version: usize| is_good(&upload(&house, version, "Again").await, "upload");
        let compared = join_all((2..10).map(|n| get(format!("changes?from=v1&to=v{n}"))));
        let assessed = join_all((1..10).map(|n| get(format!("versions/v{n}/contract/findings"))));
        let told = join_all(
            (1..10)
                .chain(1..10)
                .map(|n| get(format!("versions/v{n}/reference"))),
        );
        let published = join_all((2..6).map(publish));
        let taken = join_all((6..10).chain([1]).map(take));
        let all = join5(compared, assessed, told, published, taken).await;
        let served = [all.0, all.1, all.2, all.3, all.4].concat();
        assert!(served.contains(&true), "somebody is served: {served:?}");

        // Every place is free again: one after another, all are served.
        for version in 1..10 {
            assert!(get(format!("versions/v{version}/contract/findings")).await);
        }
    }
}
