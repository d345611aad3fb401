//! What an API's tokens are signed with, and its contract with gateways out of touch, at the terminal of a running installation.

use std::fs;

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};

use crate::{
    http::Ask,
    instance::{Instance, Layout},
    shop::{self, issue},
};

const PATH: &str = "/orders/v1/orders";

#[test]
fn tokens_of_both_algorithms_pass_while_an_api_goes_over_on_sqlite() {
    go_over(Engine::Sqlite, Layout::Embedded);
}

#[test]
fn tokens_of_both_algorithms_pass_while_an_api_goes_over_on_postgresql() {
    go_over(Engine::Postgres, Layout::Apart);
}

fn told(instance: &Instance, arguments: &[&str]) -> Value {
    let ran = instance.run(&[arguments, &["--output", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

/// Whether a token verifies by the key set of the API alone, as whoever is far away would verify it.
fn holds_elsewhere(instance: &Instance, token: &str) -> bool {
    let set = Ask::get(format!("{}/oauth2/jwks/orders", instance.portal)).send();
    let directory = tempfile::tempdir().unwrap();
    let (keys, text) = (
        directory.path().join("keys"),
        directory.path().join("token"),
    );
    fs::write(&keys, set.text()).unwrap();
    fs::write(&text, token).unwrap();
    let (keys, text) = (keys.display().to_string(), text.display().to_string());
    let ran = instance.run(&["token", "inspect", &text, "--jwks", &keys]);
    ran.code == Some(0)
}

fn go_over(engine: Engine, layout: Layout) {
    let upstream = EchoUpstream::start().unwrap();
    let instance = Instance::founded(engine, layout);
    shop::open(&instance, &upstream.url());
    let before = issue(&instance, "before", &["orders:v1:read"]).text;
    let early = instance.run(&["api", "choose-algorithm", "orders", "RS256"]);
    assert_eq!(early.code, Some(5), "{early:?}");
    assert!(early.err.contains("access/RS256"), "{early:?}");
    for ring in ["access/RS256", "dev-access/RS256"] {
        told(&instance, &["ring", "form", ring]);
    }
    let waits = told(&instance, &["api", "choose-algorithm", "orders", "RS256"]);
    assert_eq!(
        (&waits["signs"], &waits["next"]),
        (&json!("ES256"), &json!("RS256"))
    );
    assert!(waits["until"].is_string(), "{waits}");
    let between = issue(&instance, "between", &["orders:v1:read"]).text;
    let mut hurried = vec!["api", "choose-algorithm", "orders", "RS256"];
    hurried.extend(["--now-because", "A verifier knows nothing else."]);
    let events = instance.events();
    assert_eq!(told(&instance, &hurried)["signs"], "RS256");
    let happened = instance.happened_since(events);
    let said = "chose what the tokens of orders are signed with: A verifier knows nothing else.";
    assert!(
        happened.iter().any(|one| one.ends_with(said)),
        "{happened:?}"
    );
    let after = issue(&instance, "after", &["orders:v1:read"]).text;
    for token in [&before, &between, &after] {
        assert_eq!(instance.call("GET", PATH, token).status, 200);
        assert!(holds_elsewhere(&instance, token));
    }
    let shown = told(&instance, &["api", "algorithm", "orders"]);
    assert_eq!(shown["shown"], json!(["RS256", "ES256"]));
    let missing = instance.run(&["api", "algorithm", "nothing"]);
    assert_eq!(missing.code, Some(3), "{missing:?}");
}

#[test]
fn a_version_agrees_on_staleness_at_the_terminal() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    shop::open(&instance, "http://127.0.0.1:9");
    let at = ["api", "staleness", "orders", "v1"];
    let usual = told(&instance, &at);
    assert_eq!(usual["after_s"], 7200, "{usual}");
    let some = told(
        &instance,
        &[&at[..], &["--after-s", "60", "--reads", "refuse"]].concat(),
    );
    let expected =
        json!({ "version": "orders/v1", "after_s": 60, "reads": "refuse", "writes": "refuse" });
    assert_eq!(some, expected);
    assert_eq!(told(&instance, &at), expected);
    let short = instance.run(&[&at[..], &["--after-s", "4"]].concat());
    assert_eq!(short.code, Some(2), "{short:?}");
    let missing = instance.run(&["api", "staleness", "orders", "v9"]);
    assert_eq!(missing.code, Some(3), "{missing:?}");
}
