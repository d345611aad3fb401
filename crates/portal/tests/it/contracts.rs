//! The revisions of a contract: listed, fetched, and told apart from the one in use.

use serde_json::{Value, json};

use crate::{
    forms::sign_in,
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

/// The shop's contract without the operation that writes.
fn without_post() -> Value {
    let mut document = contract();
    document["paths"]["/orders"]
        .as_object_mut()
        .unwrap()
        .remove("post");
    document
}

#[actix_web::test]
async fn a_contract_that_breaks_callers_of_a_live_version_needs_a_reason() {
    for house in House::both().await {
        open_shop(&house).await;
        let events = house.events().await;
        let refused = upload(&house, &without_post()).await;
        assert_eq!(refused.status, 409);
        let problem = refused.problem("contract-breaks");
        assert_eq!(problem["breaking"], 1, "{problem}");
        let change = &problem["changes"][0];
        assert_eq!(change["id"], "api-removed-without-deprecation");
        assert_eq!(
            (&change["method"], &change["path"]),
            (&json!("POST"), &json!("/orders"))
        );
        assert!(change["base"]["line"].as_u64().unwrap() >= 1);
        assert_eq!(change["revision"], Value::Null);
        assert_eq!(house.events().await, events, "nothing was stored");
        let version = house.get("/apis/orders/versions/v1").await;
        assert_eq!(version["contract"]["number"], 1);

        let path = "/apis/orders/versions/v1/contract?reason=Nobody%20writes%20any%20more";
        let taken = house
            .admin("PUT", path)
            .raw("application/json", without_post().to_string())
            .await
            .good(200);
        assert_eq!(taken["bump"], "major");
        assert_eq!(taken["contract"]["number"], 2);
        let trail = house.get("/audit/events?limit=100").await;
        let reasons: Vec<&Value> = trail["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| &event["reason"])
            .collect();
        assert!(
            reasons.contains(&&json!("Nobody writes any more")),
            "{trail}"
        );
    }
}

#[actix_web::test]
async fn a_draft_has_no_callers_to_break() {
    let house = House::one().await;
    open_shop(&house).await;
    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    for document in [contract(), without_post()] {
        let taken = house
            .admin("PUT", "/apis/orders/versions/v2/contract")
            .raw("application/json", document.to_string())
            .await
            .good(200);
        assert_eq!(taken["changes"], json!([]));
    }
}

#[actix_web::test]
async fn two_contracts_are_compared() {
    let house = House::one().await;
    open_shop(&house).await;
    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    house
        .admin("PUT", "/apis/orders/versions/v2/contract")
        .raw("application/json", without_post().to_string())
        .await
        .good(200);
    let compared = house.get("/apis/orders/changes?from=v1&to=v2@1").await;
    assert_eq!(
        (&compared["from"], &compared["to"]),
        (&json!("v1@1"), &json!("v2@1"))
    );
    assert_eq!(compared["bump"], "major");
    assert_eq!(
        (&compared["breaking"], &compared["warnings"]),
        (&json!(1), &json!(0))
    );
    let same = house.get("/apis/orders/changes?from=v1&to=v1@1").await;
    assert_eq!(
        (&same["bump"], &same["changes"]),
        (&json!("patch"), &json!([]))
    );
    let back = house.get("/apis/orders/changes?from=v2&to=v1").await;
    assert_eq!(back["changes"][0]["id"], "endpoint-added");

    for (query, status) in [
        ("from=v1&to=v9", 404),
        ("from=v1@2&to=v2", 404),
        ("from=v1&to=latest", 400),
        ("from=v1@0&to=v2", 400),
        ("from=v1", 400),
        ("from=v1&to=v2&more=1", 400),
    ] {
        let path = format!("/apis/orders/changes?{query}");
        assert_eq!(
            house.admin("GET", &path).send().await.status,
            status,
            "{query}"
        );
    }
}

#[actix_web::test]
async fn the_page_that_compares_proposes_the_last_two_and_shows_what_breaks() {
    for house in House::both().await {
        open_shop(&house).await;
        house
            .admin("PUT", "/apis/orders/versions/v1/contract?reason=test")
            .raw("application/json", without_post().to_string())
            .await
            .good(200);
        let cookie = sign_in(&house).await;
        let see = async |query: &str| {
            let path = format!("/console/apis/orders/compare{query}");
            let page = house.stranger("GET", &path).with("cookie", &cookie);
            let page = page.send().await;
            assert_eq!(page.status, 200);
            String::from_utf8(page.body.to_vec()).unwrap()
        };
        let html = see("").await;
        for part in [
            r#"<option value="v1@2" selected"#,
            r#"<option value="v1@1" selected"#,
            "<h2>Changes</h2>",
            "1 breaking change,",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let removed = "api-removed-without-deprecation";
        assert!(html.contains(removed), "{html}");
        let breaks = see("?from=v1@1&to=v1@2&level=error").await;
        for part in [
            removed,
            r#"<option value="error" selected"#,
            "Listed here is what breaks callers.",
        ] {
            assert!(breaks.contains(part), "{part}: {breaks}");
        }
        let harmless = see("?from=v1@1&to=v1@2&level=info").await;
        assert!(!harmless.contains(removed), "{harmless}");
        assert!(harmless.contains("1 breaking change,"), "{harmless}");
        let grave = see("?from=v1@1&to=v1@2&level=grave").await;
        assert!(grave.contains(r#"id="level-fault""#), "{grave}");
        assert!(!grave.contains("<h2>Changes</h2>"), "{grave}");
    }
}
