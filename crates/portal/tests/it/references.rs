//! The reference of a version: its operations as people and programs are told them, harmless whatever a contract says.

use gatewright_domain::id::TeamId;
use serde_json::{Value, json};

use crate::{
    forms::sign_in,
    house::{Answer, House},
    whole_path::{contract, open_shop},
};

const REFERENCE: &str = "/apis/orders/versions/v1/reference";

/// What stands wherever a contract may say something: markup, a word without end, and text that turns around.
fn hostile() -> String {
    let word = "W".repeat(2_000);
    format!(
        "<script>alert(1)</script> [x](javascript:alert(2)) {word} \u{202e}evil שלום\n\nsecond <img src=x onerror=y>"
    )
}

/// A contract that uses most of what there is to tell.
fn shop() -> Value {
    let mut document = contract();
    document["tags"] = json!([{ "name": "Buying", "description": "What is *bought*." }]);
    document["components"]["schemas"] = json!({ "Order": {
        "type": "object", "required": ["id"],
        "properties": { "id": { "type": "string", "description": hostile() }, "count": { "type": "integer", "minimum": 2 } },
    } });
    let order =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Order" } } });
    let place = &mut document["paths"]["/orders"]["post"];
    place["tags"] = json!(["Buying"]);
    place["operationId"] = json!("orders/place");
    place["summary"] = json!("Place an order");
    place["description"] = json!(hostile());
    place["deprecated"] = json!(true);
    place["requestBody"] = json!({ "required": true, "content": order });
    place["parameters"] = json!([{ "name": "dry", "in": "query", "schema": { "type": "boolean" }, "description": hostile() }]);
    place["responses"]["201"] = json!({ "description": "Made", "content": order });
    let both = json!([{ "oauth": ["read", "write"] }, { "oauth": ["admin"] }]);
    document["components"]["securitySchemes"]["oauth"]["flows"]["clientCredentials"]["scopes"]["admin"] =
        json!("All");
    document["paths"]["/orders/{id}"] = json!({
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "get": { "responses": { "200": { "description": "It" } }, "security": both },
    });
    document
}

async fn upload(house: &House, document: &Value) {
    let path = "/apis/orders/versions/v1/contract?reason=test";
    let put = house.admin("PUT", path);
    put.raw("application/json", document.to_string())
        .await
        .good(200);
}

async fn page(house: &House, cookie: &str, path: &str) -> Answer {
    let ask = house.stranger("GET", &format!("/console/apis/orders/v1/reference{path}"));
    ask.with("cookie", cookie)
        .with("accept", "text/html")
        .send()
        .await
}

fn html(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[actix_web::test]
async fn operations_are_listed_by_tag_and_each_is_told_whole() {
    for house in House::both().await {
        open_shop(&house).await;
        upload(&house, &shop()).await;
        let index = house.get(REFERENCE).await;
        let lines: Vec<_> = index["items"].as_array().unwrap().iter().collect();
        let told =
            |line: &Value| ["tag", "name"].map(|member| line[member].as_str().unwrap().to_owned());
        assert_eq!(
            lines.iter().map(|line| told(line)).collect::<Vec<_>>(),
            [
                ["Buying", "orders~1place"],
                ["", "GET ~1orders"],
                ["", "GET ~1orders~1{id}"]
            ]
        );
        assert_eq!(index["tags"][0]["description"], "What is *bought*.");
        assert_eq!(index["address"], "https://api.example/orders/v1");
        assert_eq!(
            (&index["contract"], &index["cut"]),
            (&json!(2), &json!(false))
        );
        assert_eq!(
            lines[2]["requires"],
            json!([["orders:v1:admin"], ["orders:v1:read", "orders:v1:write"]])
        );

        let place = house.get(&format!("{REFERENCE}/orders~1place")).await;
        assert_eq!(
            (&place["method"], &place["path"]),
            (&json!("POST"), &json!("/orders"))
        );
        assert_eq!(place["deprecated"], true);
        assert_eq!(place["parameters"][0]["place"], "query");
        assert_eq!(
            place["body"]["media"][0]["fields"][1]["kind"],
            "integer, ≥ 2"
        );
        assert_eq!(place["responses"][1]["media"][0]["kind"], "Order");
        assert_eq!(
            (&place["previous"], &place["next"]),
            (&Value::Null, &json!("GET ~1orders"))
        );
        let curl = place["curl"].as_str().unwrap();
        assert!(
            curl.starts_with("curl --request POST 'https://api.example/orders/v1/orders' \\\n"),
            "{curl}"
        );
        let one = house
            .get(&format!("{REFERENCE}/GET%20~1orders~1%7Bid%7D"))
            .await;
        assert_eq!(one["name"], "GET ~1orders~1{id}");
        assert_eq!(one["previous"], "GET ~1orders");
    }
}

#[actix_web::test]
async fn a_new_contract_has_a_new_reference_at_once() {
    let house = House::one().await;
    open_shop(&house).await;
    assert_eq!(
        house.get(REFERENCE).await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    upload(&house, &shop()).await;
    assert_eq!(
        house.get(REFERENCE).await["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let place = house.get(&format!("{REFERENCE}/orders~1place")).await;
    assert_eq!(place["contract"], 2);
}

#[actix_web::test]
async fn the_list_is_searched_and_read_a_page_at_a_time() {
    let house = House::one().await;
    open_shop(&house).await;
    let mut document = contract();
    for n in 0..230 {
        let operation = document["paths"]["/orders"]["get"].clone();
        document["paths"][format!("/things/{n}")] = json!({ "get": operation });
    }
    upload(&house, &document).await;
    let mut seen = Vec::new();
    let mut path = format!("{REFERENCE}?q=THINGS%20get&limit=100");
    loop {
        let page = house.get(&path).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 100);
        seen.extend(
            items
                .iter()
                .map(|it| it["path"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        let cursor: String = url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        path = format!("{REFERENCE}?q=THINGS%20get&limit=100&cursor={cursor}");
    }
    let expected: Vec<String> = (0..230).map(|n| format!("/things/{n}")).collect();
    assert_eq!(seen, expected);

    let found = house.get(&format!("{REFERENCE}?q=things/229")).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let nothing = house.get(&format!("{REFERENCE}?tag=Buying")).await;
    assert_eq!(nothing["items"], json!([]));
    for (query, status) in [("limit=0", 400), ("limit=101", 400), ("more=1", 400)] {
        let path = format!("{REFERENCE}?{query}");
        assert_eq!(
            house.admin("GET", &path).send().await.status,
            status,
            "{query}"
        );
    }

    let cookie = sign_in(&house).await;
    let first = html(&page(&house, &cookie, "?q=things").await);
    assert!(first.contains("100 operations"), "{first}");
    assert!(
        first.contains(r#"value="things""#) && first.contains("cursor=GET+%7E1things%7E199"),
        "{first}"
    );
    let none = html(&page(&house, &cookie, "?q=no+such").await);
    assert!(
        none.contains("Nothing found") && none.contains("All operations"),
        "{none}"
    );
}

#[actix_web::test]
async fn what_a_contract_says_is_text_and_nothing_more() {
    let house = House::one().await;
    open_shop(&house).await;
    upload(&house, &shop()).await;
    let cookie = sign_in(&house).await;
    let answer = page(&house, &cookie, "/orders~1place").await;
    assert_eq!(answer.status, 200);
    let shown = html(&answer);
    for part in [
        "<h1>Place an order</h1>",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "<p>second </p>",
        r#"dir="auto""#,
        "orders:v1:write",
        "https://api.example/orders/v1/orders",
        "Download the contract",
        "Subscribe an application",
        "Next operation",
        r#"<table>"#,
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for part in ["<script>alert", "<img", "href=\"javascript"] {
        assert!(!shown.contains(part), "{part}: {shown}");
    }
    let index = html(&page(&house, &cookie, "").await);
    assert!(
        index.contains("/console/apis/orders/v1/reference/orders%7E1place"),
        "{index}"
    );
    assert!(index.contains("<p>What is <em>bought</em>.</p>"), "{index}");
    assert!(
        index.contains("<h2>Buying</h2>") && index.contains("<h2>Other operations</h2>"),
        "{index}"
    );
}

#[actix_web::test]
async fn what_is_not_there_and_what_may_not_be_seen_are_told_alike() {
    for house in House::both().await {
        open_shop(&house).await;
        let stranger = house.publisher_of(other_team(&house).await).await;
        let missing = [
            "/apis/nothing/versions/v1/reference",
            "/apis/orders/versions/v9/reference",
            "/apis/orders/versions/v1/reference/nothing",
            "/apis/orders/versions/v1/reference/..%2f..%2fetc",
            "/apis/orders/versions/v1/reference/%ff",
        ];
        for path in missing {
            let answer = house.admin("GET", path).send().await;
            assert_eq!(answer.status, 404, "{path}");
            answer.problem("not-found");
        }
        let foreign = ["", "/GET%20~1orders"].map(|rest| format!("/api/v1{REFERENCE}{rest}"));
        for path in foreign {
            let answer = house.bearer(&stranger, "GET", &path).send().await;
            assert_eq!(answer.status, 404, "{path}");
            answer.problem("not-found");
        }
        let cookie = sign_in(&house).await;
        for path in ["/nothing", "/%ff"] {
            assert_eq!(page(&house, &cookie, path).await.status, 404, "{path}");
        }
    }
}

async fn other_team(house: &House) -> TeamId {
    let team = house.post("/teams", json!({ "name": "others" })).await;
    let id = team.good(201)["id"].clone();
    id.as_str().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn a_version_without_operations_says_so() {
    let house = House::one().await;
    open_shop(&house).await;
    let version = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
    house.post("/apis/orders/versions", version).await.good(201);
    let index = house.get("/apis/orders/versions/v2/reference").await;
    assert_eq!(
        (&index["contract"], &index["items"]),
        (&Value::Null, &json!([]))
    );
    let cookie = sign_in(&house).await;
    let see = async |expected: &str| {
        let ask = house.stranger("GET", "/console/apis/orders/v2/reference");
        let shown = html(&ask.with("cookie", &cookie).send().await);
        assert!(shown.contains(expected), "{expected}: {shown}");
    };
    see("No contract yet").await;
    let empty =
        json!({ "openapi": "3.1.0", "info": { "title": "Nothing", "version": "1" }, "paths": {} });
    let put = house.admin("PUT", "/apis/orders/versions/v2/contract");
    let taken = put.raw("application/json", empty.to_string()).await;
    if taken.status == 200 {
        see("No operation").await;
    } else {
        panic!("{:?}", taken.json());
    }
}

#[actix_web::test]
async fn whoever_reads_a_reference_subscribes_with_the_version_chosen() {
    for house in House::both().await {
        open_shop(&house).await;
        let new = json!({ "name": "Café & Co" });
        let new = house.post("/consumers/Acme/applications", new).await;
        let id = new.good(201)["id"].as_str().unwrap().to_owned();
        let cookie = sign_in(&house).await;
        let see = async |path: &str| {
            let ask = house.stranger("GET", path).with("cookie", &cookie);
            html(&ask.with("accept", "text/html").send().await)
        };
        let subscribe = "/console/apis/orders/v1/subscribe";
        let operation = "/console/apis/orders/v1/reference/GET%20~1orders";
        for page in [operation, "/console/apis/orders/v1/reference"] {
            let page = see(page).await;
            assert!(page.contains(&format!("href=\"{subscribe}\"")), "{page}");
        }
        let candidates = see(subscribe).await;
        let form = format!("/console/applications/{id}/subscribe?api=orders");
        for part in [
            &form,
            "Café &#38; Co",
            "<h1>Subscribe to orders v1</h1>",
            "Subscribed",
        ] {
            assert!(candidates.contains(part), "{part}: {candidates}");
        }
        assert_eq!(candidates.matches(">Choose</a>").count(), 1, "the shop has");
        let chosen = see(&format!("{form}&version=v1")).await;
        for part in [
            r#"name="api" value="orders""#,
            r#"name="version" value="v1""#,
        ] {
            assert!(chosen.contains(part), "{part}: {chosen}");
        }
        let draft = json!({ "number": "v2", "upstream": "http://127.0.0.1:9" });
        house.post("/apis/orders/versions", draft).await.good(201);
        let closed = see("/console/apis/orders/v2/subscribe").await;
        assert!(closed.contains("Not open to subscriptions"), "{closed}");
        let reference = see("/console/apis/orders/v2/reference").await;
        assert!(
            !reference.contains("Subscribe an application"),
            "{reference}"
        );
    }
}
