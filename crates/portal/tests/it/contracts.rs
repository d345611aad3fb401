//! The revisions of a contract: listed, fetched, and told apart from the one in use.

use serde_json::{Value, json};

use crate::{
    house::{Answer, House},
    whole_path::{contract, open_shop},
};

/// Uploads a contract for v1 of the shop.
async fn upload(house: &House, document: &Value) -> Answer {
    house
        .admin("PUT", "/apis/orders/versions/v1/contract")
        .raw("application/json", document.to_string())
        .await
}

fn titled(title: &str) -> Value {
    let mut document = contract();
    document["info"]["title"] = json!(title);
    document
}

#[actix_web::test]
async fn every_revision_stays_as_it_was_uploaded() {
    for house in House::both().await {
        open_shop(&house).await;
        upload(&house, &titled("Second")).await.good(200);
        let listed = house.get("/apis/orders/versions/v1/contracts").await;
        let told: Vec<(i64, &str, bool)> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let title = row["title"].as_str().unwrap();
                let in_use = row["in_use"].as_bool().unwrap();
                (row["number"].as_i64().unwrap(), title, in_use)
            })
            .collect();
        assert_eq!(told, [(2, "Second", true), (1, "Orders", false)]);
        let bytes = i64::try_from(contract().to_string().len()).unwrap();
        assert_eq!(listed["items"][1]["bytes"], bytes);
        assert_eq!(listed["items"][1]["operation_count"], 2);

        let first = house
            .admin("GET", "/apis/orders/versions/v1/contracts/1")
            .send()
            .await;
        assert_eq!(first.body, contract().to_string());
        assert!(first.header("content-disposition").contains("v1.1.json"));
        for missing in ["0", "3", "-1", "x", "99999999999"] {
            let path = format!("/apis/orders/versions/v1/contracts/{missing}");
            assert_eq!(house.admin("GET", &path).send().await.status, 404, "{path}");
        }
    }
}

#[actix_web::test]
async fn the_history_is_read_a_page_at_a_time() {
    let house = House::one().await;
    open_shop(&house).await;
    for title in ["Second", "Third"] {
        upload(&house, &titled(title)).await.good(200);
    }
    let mut seen = Vec::new();
    let mut path = "/apis/orders/versions/v1/contracts?limit=2".to_owned();
    loop {
        let page = house.get(&path).await;
        let items = page["items"].as_array().unwrap();
        seen.extend(items.iter().map(|row| row["number"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                path = format!("/apis/orders/versions/v1/contracts?limit=2&cursor={cursor}");
            }
            None => break,
        }
    }
    assert_eq!(seen, [3, 2, 1]);
}
