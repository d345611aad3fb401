//! The ruleset of an API: chosen, kept, and in the way of contracts that have errors of it.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    forms::sign_in,
    house::{Answer, House},
    whole_path::{contract, open_shop},
};

/// Rules of a team's own: one that the shop's contract breaks at each of its two operations, and one that cannot be run.
const OWN: &str = "extends: spectral:oas
rules:
  operation-tags: error
  ours: { given: $, then: { function: ours } }
";

async fn choose(house: &House, body: Value) -> Answer {
    house.post("/apis/orders/choose-ruleset", body).await
}

async fn upload(house: &House, query: &str, document: &Value) -> Answer {
    let path = format!("/apis/orders/versions/v1/contract{query}");
    house
        .admin("PUT", &path)
        .raw("application/json", document.to_string())
        .await
}

async fn a_draft(house: &House) {
    house
        .post("/apis", json!({ "name": "orders" }))
        .await
        .good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    upload(house, "", &contract()).await.good(200);
}

async fn publish(house: &House, query: &str) -> Answer {
    let path = format!("/apis/orders/versions/v1/publish{query}");
    house.post(&path, json!({})).await
}

/// The reasons that stand in the trail.
async fn reasons(house: &House) -> Vec<Value> {
    let trail = house.get("/audit/events?limit=100").await;
    let events = trail["items"].as_array().unwrap().iter();
    events.map(|event| event["reason"].clone()).collect()
}

fn titled(title: &str) -> Value {
    let mut document = contract();
    document["info"]["title"] = json!(title);
    document
}

#[actix_web::test]
async fn a_ruleset_is_chosen_kept_and_told() {
    for house in House::both().await {
        a_draft(&house).await;
        let first = house.get("/apis/orders/ruleset").await;
        let told = (&first["ruleset"], &first["number"], &first["text"]);
        assert_eq!(told, (&json!("none"), &json!(0), &Value::Null));

        let own = json!({ "ruleset": "own", "text": OWN });
        let chosen = choose(&house, own).await.good(200);
        let told = (&chosen["ruleset"], &chosen["number"], &chosen["text"]);
        assert_eq!(told, (&json!("own"), &json!(1), &json!(OWN)));
        assert_eq!(chosen["not_run"][0]["rule"], "ours", "{chosen}");
        assert_eq!(house.get("/apis/orders/ruleset").await, chosen);

        let stale = house
            .admin("POST", "/apis/orders/choose-ruleset")
            .with("if-match", "\"0\"");
        let stale = stale.json(&json!({ "ruleset": "none" })).await;
        assert_eq!(stale.status, 412);
        let next = choose(&house, json!({ "ruleset": "spectral:oas+owasp" })).await;
        assert_eq!(next.good(200)["number"], 2);
        let trail = house.get("/audit/events?limit=100").await;
        let events = trail["items"].as_array().unwrap().iter();
        let said = |event: &&Value| {
            let sentence = event["sentence"].as_str().unwrap();
            sentence.ends_with("chose the ruleset of orders")
        };
        assert_eq!(events.filter(said).count(), 2, "{trail}");
    }
}

#[actix_web::test]
async fn a_text_that_is_no_ruleset_is_refused_and_says_where() {
    let house = House::one().await;
    a_draft(&house).await;
    let events = house.events().await;
    let unreadable = choose(&house, json!({ "ruleset": "own", "text": "rules: [1" })).await;
    assert_eq!(unreadable.status, 422);
    let problem = unreadable.problem("ruleset-invalid");
    assert!(problem["findings"][0]["line"].is_number(), "{problem}");
    let none = choose(&house, json!({ "ruleset": "own", "text": "rules: 7" })).await;
    none.problem("ruleset-invalid");
    for body in [
        json!({ "ruleset": "own" }),
        json!({ "ruleset": "own", "text": " " }),
        json!({ "ruleset": "own", "text": "#".repeat(256 * 1024 + 1) }),
        json!({ "ruleset": "spectral:oas", "text": OWN }),
        json!({ "ruleset": "owasp" }),
        json!({}),
    ] {
        assert_eq!(
            choose(&house, body).await.problem("body-invalid")["status"],
            422
        );
    }
    assert_eq!(house.events().await, events, "nothing was stored");
}

#[actix_web::test]
async fn a_version_is_not_published_with_errors_of_the_ruleset_unless_somebody_says_why() {
    for house in House::both().await {
        a_draft(&house).await;
        choose(&house, json!({ "ruleset": "own", "text": OWN }))
            .await
            .good(200);
        let events = house.events().await;
        let refused = publish(&house, "").await;
        assert_eq!(refused.status, 409);
        let problem = refused.problem("lint-errors");
        assert_eq!(problem["ruleset"], "own");
        let [rule] = problem["rules"].as_array().unwrap().as_slice() else {
            panic!("errors alone are told: {problem}");
        };
        assert_eq!(
            (&rule["rule"], &rule["count"]),
            (&json!("operation-tags"), &json!(2))
        );
        assert_eq!(rule["findings"][0]["pointer"], "/paths/~1orders/get");
        assert_eq!(house.events().await, events, "nothing was stored");
        let version = house.get("/apis/orders/versions/v1").await;
        assert_eq!(version["status"], "draft");
        let told = house
            .get("/apis/orders/versions/v1/contract/findings")
            .await;
        let told = (&told["ruleset"], &told["is_chosen"], &told["errors"]);
        assert_eq!(told, (&json!("own"), &json!(true), &json!(2)));

        let published = publish(&house, "?reason=Tags%20come%20later")
            .await
            .good(200);
        assert_eq!(published["status"], "published");
        assert!(reasons(&house).await.contains(&json!("Tags come later")));
    }
}

#[actix_web::test]
async fn warnings_and_other_choices_stand_in_nobodys_way() {
    for ruleset in ["none", "spectral:oas"] {
        let house = House::one().await;
        a_draft(&house).await;
        choose(&house, json!({ "ruleset": ruleset }))
            .await
            .good(200);
        publish(&house, "").await.good(200);
    }
    let house = House::one().await;
    a_draft(&house).await;
    choose(&house, json!({ "ruleset": "spectral:oas+owasp" }))
        .await
        .good(200);
    let problem = publish(&house, "").await.problem("lint-errors");
    let rules = problem["rules"].as_array().unwrap();
    let rule = |rule: &Value| rule["rule"].as_str().unwrap().starts_with("owasp:");
    assert!(rules.iter().all(rule), "{problem}");
}

#[actix_web::test]
async fn a_contract_of_a_live_version_is_held_against_the_ruleset() {
    for house in House::both().await {
        open_shop(&house).await;
        choose(&house, json!({ "ruleset": "own", "text": OWN }))
            .await
            .good(200);
        let refused = upload(&house, "", &titled("Second")).await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.problem("lint-errors")["rules"][0]["count"], 2);

        let mut smaller = titled("Third");
        let paths = smaller["paths"]["/orders"].as_object_mut().unwrap();
        paths.remove("post");
        let problem = upload(&house, "", &smaller)
            .await
            .problem("contract-breaks");
        assert_eq!(problem["breaking"], 1);
        assert_eq!(
            problem["rules"][0]["rule"], "operation-tags",
            "both are told: {problem}"
        );

        let draft = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
        house.post("/apis/orders/versions", draft).await.good(201);
        house
            .admin("PUT", "/apis/orders/versions/v2/contract")
            .raw("application/json", contract().to_string())
            .await
            .good(200);

        upload(&house, "?reason=Tags%20come%20later", &titled("Second"))
            .await
            .good(200);
        assert!(reasons(&house).await.contains(&json!("Tags come later")));
    }
}

/// Sends a form from one of our own pages.
async fn send(house: &House, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    house
        .stranger("POST", path)
        .with("cookie", cookie)
        .with("origin", "https://portal.example")
        .with("sec-fetch-site", "same-origin")
        .raw("application/x-www-form-urlencoded", body)
        .await
}

fn has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[actix_web::test]
async fn a_person_chooses_and_is_told_what_stands_in_the_way() {
    for house in House::both().await {
        a_draft(&house).await;
        let cookie = sign_in(&house).await;
        let form = "/console/apis/orders/ruleset";
        let wrong = [("ruleset", "own"), ("text", "rules: [1"), ("revision", "0")];
        let refused = send(&house, &cookie, form, &wrong).await;
        assert_eq!(refused.status, 422);
        let kept = [">rules: [1</textarea>", "selected", "It cannot be read"];
        has(&refused.text(), &kept);
        let right = [("ruleset", "own"), ("text", OWN), ("revision", "0")];
        let chosen = send(&house, &cookie, form, &right).await;
        assert_eq!((chosen.status, chosen.header("location")), (303, form));
        let page = house.stranger("GET", form).with("cookie", &cookie).send();
        has(
            &page.await.text(),
            &["Not run", "<code>ours</code>", "operation-tags: error"],
        );

        let publish = "/console/apis/orders/v1/publish";
        let page = house.stranger("GET", publish).with("cookie", &cookie);
        let html = page.send().await.text();
        let errors = [
            "2 errors of the ruleset of the API",
            "<code>operation-tags</code>",
            r#"name="reason""#,
        ];
        has(&html, &errors);
        let refused = send(&house, &cookie, publish, &[("revision", "")]).await;
        assert_eq!(refused.status, 422);
        has(&refused.text(), &["Mend them, or say why"]);
        let reason = [("reason", "Tags come later")];
        let done = send(&house, &cookie, publish, &reason).await;
        assert_eq!(done.status, 303);

        let contract = "/console/apis/orders/v1/contract";
        let text = titled("Second").to_string();
        let refused = send(&house, &cookie, contract, &[("text", &text)]).await;
        assert_eq!(refused.status, 422);
        has(
            &refused.text(),
            &[
                "It has errors of the ruleset of the API",
                "<code>operation-tags</code>",
                r#"name="reason""#,
            ],
        );
        let told = [("text", text.as_str()), ("reason", "Tags come later")];
        let done = send(&house, &cookie, contract, &told).await;
        assert_eq!(done.status, 303);
    }
}
