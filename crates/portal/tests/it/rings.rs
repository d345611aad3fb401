//! Key rings: each has a page, moves of its own, and a receipt; a stale page loses; the counters tell of a held rotation.

use std::time::Duration;

use gatewright_domain::access::Caller;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{
    forms::sign_in,
    house::{Answer, House, METRICS_TOKEN},
};

const DEV: &str = "/rings/dev-access/ES256";
const MINUTE: Duration = Duration::from_secs(60);

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let asked = house.stranger("GET", path).with("cookie", cookie);
    let answer = asked.send().await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status, 200, "{path}: {text}");
    text
}

async fn send(house: &House, cookie: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let ask = house.stranger("POST", path).with("cookie", cookie);
    let ask = ask.with("origin", "https://portal.example");
    ask.with("sec-fetch-site", "same-origin")
        .raw("application/x-www-form-urlencoded", body)
        .await
}

/// The kid of the key of a ring that stands so.
fn kid(moved: &Value, state: &str) -> String {
    let mut keys = moved["keys"].as_array().unwrap().iter();
    let found = keys.find(|key| key["state"] == state);
    found.unwrap_or_else(|| panic!("none is {state}: {moved}"))["kid"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[actix_web::test]
async fn each_ring_rotates_by_itself_and_a_stale_tag_loses() {
    for house in House::both().await {
        // What is made in the very moment in which a ring was formed is there from the first.
        house.clock.advance(MINUTE);
        let before = house.get(DEV).await;
        let tag = house.tag(DEV).await;
        assert_eq!(before["obstacle"], Value::Null, "a founder may at once");
        let access = house.get("/rings/access/ES256").await;
        let rotate = || house.admin("POST", &format!("{DEV}/rotate"));
        let rotated = rotate().with("if-match", &tag).json(&json!({})).await;
        let rotated = rotated.good(200);
        assert_eq!(rotated["ring"]["active"], before["standby"]);
        assert_eq!(
            kid(&rotated, "deactivated"),
            before["active"].as_str().unwrap()
        );
        let raised = rotated["keyring_version"].as_u64().unwrap();
        assert!(raised > before["keyring_version"].as_u64().unwrap());
        assert!(rotated["receipts"].is_array() && rotated["pending"].is_array());
        let late = rotate().with("if-match", &tag).json(&json!({})).await;
        late.problem("stale");
        let early = rotate().json(&json!({})).await;
        early.problem("key-not-ready");
        let untouched = house.get("/rings/access/ES256").await;
        assert_eq!(untouched["active"], access["active"]);
    }
}

#[actix_web::test]
async fn a_ring_is_formed_retimed_disabled_and_enabled_over_http() {
    for house in House::both().await {
        let ring = json!({ "ring": "access/EdDSA" });
        let formed = house.post("/rings", ring.clone()).await.good(201);
        assert_eq!(formed["ring"]["standing"], "enabled");
        house.post("/rings", ring).await.problem("taken");
        let at = |verb: &str| format!("/rings/access/EdDSA/{verb}");
        let short = house
            .post(&at("retime"), json!({ "publication_lead_s": 1 }))
            .await;
        short.problem("rule-refuses");
        let retimed = house
            .post(&at("retime"), json!({ "max_lifetime_s": 600 }))
            .await;
        assert_eq!(retimed.good(200)["ring"]["max_lifetime_s"], 600);
        let reason = || json!({ "reason": "A drill." });
        let disabled = house.post(&at("disable"), reason()).await.good(200);
        assert_eq!(disabled["ring"]["active"], Value::Null);
        house
            .post(&at("rotate"), json!({}))
            .await
            .problem("state-forbids");
        house
            .post(&at("disable"), reason())
            .await
            .problem("state-forbids");
        let enabled = house.post(&at("enable"), reason()).await.good(200);
        assert_eq!(enabled["ring"]["active"], formed["ring"]["standby"]);
    }
}

#[actix_web::test]
async fn the_page_of_a_ring_says_who_is_missing_and_rotates_anyway_with_a_reason() {
    for house in House::both().await {
        house.clock.advance(MINUTE);
        let cookie = sign_in(&house).await;
        let here = "/console/keys/rings/dev-access/ES256";
        let rotate = format!("{here}/rotate");
        let moved = send(&house, &cookie, &rotate, &[]).await;
        assert_eq!(moved.status, 303);
        let to = moved.header("location").to_owned();
        assert!(to.starts_with(&format!("{here}?receipt=")), "{to}");
        let told = page(&house, &cookie, &to).await;
        for words in ["The last move", "Waiting", "Draining", "Nobody has fetched"] {
            assert!(told.contains(words), "{words} is not in {told}");
        }
        let asked = page(&house, &cookie, &rotate).await;
        assert!(asked.contains("Reason to rotate anyway"), "{asked}");
        let refused = send(&house, &cookie, &rotate, &[]).await;
        assert_eq!(refused.status, 200, "the page again");
        let fields = [("reason", "A laptop was stolen.")];
        let forced = send(&house, &cookie, &rotate, &fields).await;
        assert_eq!(forced.status, 303);
        let nowhere = house.stranger("GET", "/console/keys/rings/access/PS256");
        let nowhere = nowhere.with("cookie", &cookie).send().await;
        assert_eq!(nowhere.status, 404);
    }
}

#[actix_web::test]
async fn the_page_of_a_key_says_why_not_and_compromise_wants_its_name() {
    for house in House::both().await {
        let cookie = sign_in(&house).await;
        let ring = house.get("/rings/access/ES256").await;
        let active = ring["active"].as_str().unwrap();
        let here = format!("/console/keys/{active}");
        let shown = page(&house, &cookie, &here).await;
        for words in [
            "only a deactivated key can be retired",
            "Suspend this key",
            "No token that it signed lives.",
        ] {
            assert!(shown.contains(words), "{words} is not in {shown}");
        }
        let declare = format!("{here}/compromise");
        let asked = page(&house, &cookie, &declare).await;
        assert!(asked.contains("signs at once"), "{asked}");
        let rehearsed = send(&house, &cookie, &format!("{here}/rehearse"), &[]).await;
        let text = String::from_utf8(rehearsed.body.to_vec()).unwrap();
        assert!(text.contains("Nothing changed."), "{text}");
        let wrong = [("kid", "another"), ("reason", "A drill.")];
        let refused = send(&house, &cookie, &declare, &wrong).await;
        assert_eq!(refused.status, 200, "the page again");
        let stale = [("kid", active), ("reason", "A drill."), ("revision", "99")];
        let refused = send(&house, &cookie, &declare, &stale).await;
        assert_eq!(refused.status, 200, "the page again");
        assert_eq!(house.get("/rings/access/ES256").await["active"], active);
        let right = [("kid", active), ("reason", "A drill.")];
        let declared = send(&house, &cookie, &declare, &right).await;
        assert_eq!(declared.status, 303);
        let told = page(&house, &cookie, declared.header("location")).await;
        for words in [
            "Compromised",
            "All revocations",
            "nothing about it changes any more",
        ] {
            assert!(told.contains(words), "{words} is not in {told}");
        }
        assert_eq!(
            house.get("/rings/access/ES256").await["active"],
            ring["standby"]
        );
    }
}

#[actix_web::test]
async fn a_held_rotation_is_counted_and_said_on_the_page() {
    for house in House::both().await {
        let held = |text: &str, value: &str| {
            let line =
                format!("gatewright_key_ring_rotation_held{{ring=\"access/ES256\"}} {value}");
            text.lines().any(|found| found == line)
        };
        let counters = async || {
            let counters = house.bearer(METRICS_TOKEN, "GET", "/metrics").send().await;
            String::from_utf8(counters.body.to_vec()).unwrap()
        };
        let text = counters().await;
        assert!(held(&text, "0"), "{text}");
        let period = Duration::from_secs(91 * 86_400);
        for _ in 0..2 {
            // The first time a founder takes over; the next key is one that nobody has fetched.
            house.clock.advance(period);
            let job = Caller::job("rotate");
            house.app.keys.rotate_due(&job, "here").await.unwrap();
        }
        let text = counters().await;
        assert!(held(&text, "1"), "{text}");
        let cookie = sign_in(&house).await;
        let shown = page(&house, &cookie, "/console/keys").await;
        let words = "The rotation of access/ES256 is held.";
        assert!(shown.contains(words), "{shown}");
    }
}
