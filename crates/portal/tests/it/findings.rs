//! What is found in a contract: told to programs and shown to people, with the place and what is written there.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    forms::sign_in,
    house::{Answer, House},
    whole_path::{contract, open_shop},
};

const FINDINGS: &str = "/apis/orders/versions/v1/contract/findings";

/// A document with one mistake that is a warning, and one operation.
const MISSPELT: &str = "openapi: 3.1.0
info: { title: Orders, version: '1' }
paths:
  /orders:
    get:
      sumary: <All> of them
      responses: { '200': { description: Them } }
";

/// A version without a contract.
async fn a_draft(house: &House) {
    house
        .post("/apis", json!({ "name": "orders" }))
        .await
        .good(201);
    let version = json!({ "number": "v1", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
}

async fn upload(house: &House, document: &str) -> Answer {
    house
        .admin("PUT", "/apis/orders/versions/v1/contract")
        .raw("application/yaml", document.to_owned())
        .await
}

/// Sends the form that uploads a contract.
async fn send(house: &House, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    house
        .stranger("POST", "/console/apis/orders/v1/contract")
        .with("cookie", cookie)
        .with("origin", "https://portal.example")
        .with("sec-fetch-site", "same-origin")
        .raw("application/x-www-form-urlencoded", body)
        .await
}

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.stranger("GET", path).with("cookie", cookie).send();
    let answer = answer.await;
    assert_eq!(answer.status, 200, "{path}");
    answer.text()
}

fn rule<'v>(told: &'v Value, name: &str) -> &'v Value {
    let rules = told["rules"].as_array().unwrap();
    let found = rules.iter().find(|rule| rule["rule"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {told}"))
}

#[actix_web::test]
async fn the_findings_of_a_stored_contract_are_told_with_what_is_written_there() {
    for house in House::both().await {
        a_draft(&house).await;
        upload(&house, MISSPELT).await.good(200);
        let told = house.get(FINDINGS).await;
        assert_eq!(
            (&told["contract"], &told["ruleset"], &told["errors"]),
            (&json!("v1@1"), &json!("spectral:oas"), &json!(1)),
        );
        let of_the_reader = rule(&told, "schema-violation");
        assert_eq!(of_the_reader["level"], "warning");
        let finding = &of_the_reader["findings"][0];
        assert_eq!(
            (&finding["line"], &finding["column"]),
            (&json!(6), &json!(7))
        );
        assert_eq!(finding["pointer"], "/paths/~1orders/get/sumary");
        let excerpt = json!({ "text": "      sumary: <All> of them", "before": 6 });
        assert_eq!(finding["excerpt"], excerpt);
        let of_the_ruleset = rule(&told, "operation-operationId");
        assert_eq!(
            (&of_the_ruleset["count"], &of_the_ruleset["untold"]),
            (&json!(1), &json!(0))
        );
        let rules = told["rules"].as_array().unwrap();
        let counted: u64 = rules.iter().map(|it| it["count"].as_u64().unwrap()).sum();
        let all: u64 = ["errors", "warnings", "infos", "hints"]
            .iter()
            .map(|level| told[level].as_u64().unwrap())
            .sum();
        assert_eq!(counted, all);
        assert_eq!(rules[0]["level"], "error", "the gravest come first");
        assert_eq!(told["not_run"], json!([]));
    }
}

#[actix_web::test]
async fn findings_are_of_one_revision_and_can_be_narrowed() {
    let house = House::one().await;
    a_draft(&house).await;
    upload(&house, MISSPELT).await.good(200);
    upload(&house, &contract().to_string()).await.good(200);
    let second = house.get(FINDINGS).await;
    assert_eq!(second["contract"], "v1@2");
    let first = house
        .get("/apis/orders/versions/v1/contracts/1/findings")
        .await;
    assert_eq!(first["contract"], "v1@1");
    assert_eq!(rule(&first, "schema-violation")["count"], 1);
    assert!(!second.to_string().contains("schema-violation"), "{second}");

    let errors = house.get(&format!("{FINDINGS}?level=error")).await;
    assert_eq!(errors["rules"], json!([]));
    assert_eq!(errors["warnings"], second["warnings"], "all are counted");
    let one = house.get(&format!("{FINDINGS}?rule=operation-tags")).await;
    let [tags] = one["rules"].as_array().unwrap().as_slice() else {
        panic!("{one}");
    };
    assert_eq!(tags["count"], 2);
    for (path, status) in [
        (
            "/apis/orders/versions/v1/contract/findings?level=grave",
            400,
        ),
        ("/apis/orders/versions/v1/contract/findings?more=1", 400),
        ("/apis/orders/versions/v1/contracts/3/findings", 404),
        ("/apis/orders/versions/v2/contract/findings", 404),
        ("/apis/others/versions/v1/contract/findings", 404),
    ] {
        assert_eq!(
            house.admin("GET", path).send().await.status,
            status,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_version_without_a_contract_has_no_findings_to_tell() {
    let house = House::one().await;
    a_draft(&house).await;
    assert_eq!(house.admin("GET", FINDINGS).send().await.status, 404);
}

#[actix_web::test]
async fn a_person_sees_findings_beside_the_lines_they_are_about() {
    for house in House::both().await {
        a_draft(&house).await;
        upload(&house, MISSPELT).await.good(200);
        let cookie = sign_in(&house).await;
        let version = page(&house, &cookie, "/console/apis/orders/v1").await;
        assert!(version.contains("/console/apis/orders/v1/contract/findings"));
        let history = page(&house, &cookie, "/console/apis/orders/v1/contracts").await;
        assert!(history.contains("/console/apis/orders/v1/contracts/1/findings"));
        for path in [
            "/console/apis/orders/v1/contract/findings",
            "/console/apis/orders/v1/contracts/1/findings",
        ] {
            let html = page(&house, &cookie, path).await;
            for part in [
                "<code>schema-violation</code>",
                "<mark>sumary</mark>: &#60;All&#62; of them",
                "<code>/paths/~1orders/get/sumary</code>",
                r#"<option value="warning""#,
                "Revision 1",
            ] {
                assert!(html.contains(part), "{part}: {html}");
            }
        }
        let none = "/console/apis/orders/v1/contract/findings?level=hint";
        let html = page(&house, &cookie, none).await;
        assert!(html.contains("Nothing of this kind"), "{html}");
        assert!(html.contains(r#"<option value="hint" selected"#), "{html}");
        let grave = "/console/apis/orders/v1/contract/findings?level=grave";
        let html = page(&house, &cookie, grave).await;
        for part in [
            r##"<a href="#level">"##,
            r#"id="level-fault""#,
            "The severity must be error, warning, info or hint.",
            "Clear",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("schema-violation"), "{html}");
        let every = "/console/apis/orders/v1/contract/findings?level=&rule=";
        let html = page(&house, &cookie, every).await;
        assert!(!html.contains("level-fault"), "{html}");
        assert!(html.contains("<code>schema-violation</code>"), "{html}");
    }
}

#[actix_web::test]
async fn a_contract_without_findings_says_so() {
    let house = House::one().await;
    a_draft(&house).await;
    let spotless = "openapi: 3.1.0
info: { title: Orders, version: '1', description: Orders, contact: { name: Us, url: https://x.example, email: us@x.example } }
servers: [{ url: https://orders.example }]
tags: [{ name: orders, description: Orders }]
paths:
  /orders:
    get:
      operationId: orders
      summary: All of them
      description: All of them.
      tags: [orders]
      security: [{ key: [] }]
      responses: { '200': { description: Them } }
components: { securitySchemes: { key: { type: http, scheme: bearer } } }
";
    upload(&house, spotless).await.good(200);
    let told = house.get(FINDINGS).await;
    assert_eq!(told["rules"], json!([]), "{told}");
    let cookie = sign_in(&house).await;
    let path = "/console/apis/orders/v1/contract/findings";
    let html = page(&house, &cookie, path).await;
    assert!(html.contains("Nothing found"), "{html}");
    assert!(!html.contains("<select"), "there is nothing to filter");
}

#[actix_web::test]
async fn whoever_uploads_sees_what_was_found_and_loses_nothing() {
    for house in House::both().await {
        open_shop(&house).await;
        let cookie = sign_in(&house).await;
        let broken = MISSPELT.replace("responses", "security: [{ login: [a] }]\n      responses");
        let answer = send(&house, &cookie, &[("text", &broken)]).await;
        assert_eq!(answer.status, 422);
        let html = answer.text();
        for part in [
            "This contract cannot be taken",
            "1 error, 1 warning.",
            "<code>security-scheme-undefined</code>",
            "<mark>login</mark>: [a] }]",
            "security: [{ login: [a] }]\n",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }

        let draft = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
        house.post("/apis/orders/versions", draft).await.good(201);
        upload_form_of_a_draft(&house, &cookie).await;
    }
}

/// A document with warnings is taken, and what was found is the next page.
async fn upload_form_of_a_draft(house: &House, cookie: &str) {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("text", MISSPELT)
        .finish();
    let taken = house
        .stranger("POST", "/console/apis/orders/v2/contract")
        .with("cookie", cookie)
        .with("origin", "https://portal.example")
        .with("sec-fetch-site", "same-origin")
        .raw("application/x-www-form-urlencoded", body)
        .await;
    assert_eq!(taken.status, 303);
    let to = "/console/apis/orders/v2/contract/findings";
    assert_eq!(taken.header("location"), to);
    let html = page(house, cookie, to).await;
    assert!(html.contains("<mark>sumary</mark>"), "{html}");
}

#[actix_web::test]
async fn a_large_text_that_was_pasted_comes_back_whole() {
    let house = House::one().await;
    a_draft(&house).await;
    let cookie = sign_in(&house).await;
    let large = format!("openapi: 3.1.0\ninfo: {{}}\n# {}\n", "x".repeat(600 * 1024));
    let answer = send(&house, &cookie, &[("text", &large)]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains(large.trim()), "it was lost");
    let answer = send(&house, &cookie, &[("file", &large)]).await;
    assert_eq!(answer.status, 422);
    assert!(
        !answer.text().contains(large.trim()),
        "a file is sent again"
    );
}
