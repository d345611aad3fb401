//! A program that registers itself at the running server, with what a command minted; and the secrets of applications, by command.

use std::{fs, time::Duration};

use gatewright_testkit::{database::Engine, echo::EchoUpstream};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    client::basic,
    http::Ask,
    instance::{Instance, Layout, within},
    program::Ran,
    shop,
};

fn good(ran: &Ran) -> &str {
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.out.trim()
}

#[test]
fn a_program_registers_with_what_a_command_minted_until_it_is_given_up() {
    let on = vec![("GATEWRIGHT_CLIENT_REGISTRATION", "true".to_owned())];
    let instance = Instance::founded_with(Engine::Sqlite, Layout::Embedded, on);
    let upstream = EchoUpstream::start().unwrap();
    shop::open(&instance, &upstream.url());
    let mint = [
        "initial-token",
        "issue",
        "Acme",
        "--name",
        "ci",
        "--scope",
        "orders:v1:read",
    ];
    let minted = instance.run(&[&mint[..], &["--quiet"]].concat());
    let initial = good(&minted);

    let register = format!("{}/oauth2/register", instance.portal);
    let wish = json!({ "client_name": "Nightly", "grant_types": ["client_credentials"] });
    let asked = Ask::new("POST", register).bearer(initial).json(&wish);
    let told = asked.send().good(201);
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let application = text("client_id").replacen("c_", "app_", 1);
    let wish = json!({ "api": "orders", "version": "v1", "plan": "Standard", "scopes": ["read"] });
    instance
        .post(&format!("/applications/{application}/subscriptions"), &wish)
        .good(201);
    let listed = instance.run(&["initial-token", "list", "Acme", "--output", "json"]);
    let listed: Value = serde_json::from_str(good(&listed)).unwrap();
    assert_eq!(listed[0]["status"], "used-up");
    assert_eq!(listed[0]["issued_by"], Value::Null);

    // What leaks is known, whoever holds it.
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("initial"), initial).unwrap();
    fs::write(folder.path().join("own"), text("registration_access_token")).unwrap();
    let path = folder.path().to_str().unwrap();
    let scanned = instance.run(&["scan", "--output", "json", path]);
    let found: Value = serde_json::from_str(scanned.out.trim()).unwrap();
    let mut states: Vec<(&str, &str)> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["kind"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    states.sort_unstable();
    assert_eq!(
        states,
        [("initial-token", "expired"), ("registration-token", "live")]
    );

    let own = Ask::new("DELETE", text("registration_client_uri"));
    let gone = own.bearer(&text("registration_access_token")).send();
    assert_eq!(gone.status, 204);
    let page = instance.get(&format!("/applications/{application}"));
    assert!(page["disabled_at"].is_string(), "{page}");
}

#[test]
fn secrets_of_an_application_are_added_listed_and_revoked_by_command() {
    let instance = Instance::founded(Engine::Sqlite, Layout::Embedded);
    let upstream = EchoUpstream::start().unwrap();
    shop::open(&instance, &upstream.url());
    let run = |words: &[&str]| instance.run(&[&["application"], words].concat());
    let terms = run(&["terms", "Shop", "--output", "json"]);
    let terms: Value = serde_json::from_str(good(&terms)).unwrap();
    let client = terms["client_id"].as_str().unwrap().to_owned();
    let issued = run(&["secret", "add", "Shop", "--quiet"]);
    let first = good(&issued).to_owned();
    let token = |secret: &str| {
        let form = "grant_type=client_credentials";
        let basic = basic(&json!({ "client_id": client, "client_secret": secret }));
        let ask = Ask::new("POST", format!("{}/oauth2/token", instance.portal));
        ask.with("authorization", &basic)
            .raw("application/x-www-form-urlencoded", form)
            .send()
            .status
    };
    // The server is told of what another process did within a second.
    let soon = Duration::from_secs(5);
    within(soon, "the first proves something", || token(&first) == 200);
    let heir = run(&["secret", "add", "Shop", "--overlap-hours", "1", "--quiet"]);
    within(soon, "the second proves something", || {
        token(good(&heir)) == 200
    });
    assert_eq!(
        run(&["secret", "add", "Shop"]).code,
        Some(5),
        "two are enough"
    );
    let list = || {
        let listed = run(&["secret", "list", "Shop", "--output", "json"]);
        serde_json::from_str::<Value>(good(&listed)).unwrap()
    };
    assert_eq!(list().as_array().unwrap().len(), 2);
    let id = first.split('_').nth(2).unwrap();
    let revoked = run(&["secret", "revoke", "Shop", id, "--reason", "It leaked"]);
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    within(soon, "the secret proves nothing", || token(&first) == 401);
    let states = list();
    let mut states = states.as_array().unwrap().iter().map(|one| &one["status"]);
    assert!(states.any(|status| status == "revoked"));
    assert_eq!(run(&["secret", "revoke", "Shop", id]).code, Some(5));
}
