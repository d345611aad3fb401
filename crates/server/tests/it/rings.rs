//! Rings and keys at the terminal: every move has a command, says what it did, and says it to programs too.

use serde_json::Value;

use crate::{bad_settings::started_once, program::Place};

fn json(place: &Place, arguments: &[&str]) -> Value {
    let ran = place.run(&[arguments, &["--output", "json"]].concat());
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

fn kid(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn a_ring_is_formed_rotated_retimed_disabled_and_enabled() {
    let place = Place::new();
    started_once(&place);
    let formed = json(&place, &["ring", "form", "access/EdDSA"]);
    assert_eq!(formed["ring"]["obstacle"], Value::Null);
    let again = place.run(&["ring", "form", "access/EdDSA"]);
    assert_eq!(again.code, Some(5), "{again:?}");
    let rotated = json(&place, &["key", "rotate", "--ring", "access/EdDSA"]);
    assert_eq!(rotated["active"], formed["ring"]["standby"]);
    let early = place.run(&["ring", "rotate", "access/EdDSA"]);
    assert_eq!(early.code, Some(5), "{early:?}");
    assert!(early.err.contains("I2 publish before sign"), "{early:?}");
    let forced = [
        "ring",
        "rotate",
        "access/EdDSA",
        "--now-because",
        "A drill.",
    ];
    assert_eq!(json(&place, &forced)["deactivated"], rotated["active"]);
    let times = ["ring", "retime", "access/EdDSA", "--max-lifetime-s", "600"];
    assert_eq!(json(&place, &times)["ring"]["max_lifetime_s"], 600);
    let asked = place.run(&["ring", "disable", "access/EdDSA", "--reason", "A drill."]);
    assert_eq!(asked.code, Some(2), "nobody can answer: {asked:?}");
    let disable = [
        "ring",
        "disable",
        "access/EdDSA",
        "--reason",
        "A drill.",
        "--yes",
    ];
    assert_eq!(json(&place, &disable)["ring"]["standing"], "disabled");
    let shown = place.run(&["ring", "show", "access/EdDSA"]);
    assert!(
        shown.out.contains("is disabled; enable it first"),
        "{shown:?}"
    );
    let early = place.run(&["ring", "enable", "access/EdDSA", "--reason", "A drill."]);
    assert_eq!(early.code, Some(5), "its standby is new: {early:?}");
    let listed = json(&place, &["ring", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 4, "{listed}");
    let missing = place.run(&["ring", "show", "access/PS256"]);
    assert_eq!(missing.code, Some(3), "{missing:?}");
}

#[test]
fn a_key_is_staged_published_activated_suspended_resumed_and_given_up() {
    let place = Place::new();
    started_once(&place);
    let staged = json(&place, &["key", "stage", "access/ES256"]);
    let kid_of = |value: &Value| kid(&value["keys"][0]["kid"]);
    let first = kid_of(&staged);
    let published = json(&place, &["key", "publish", &first]);
    assert_eq!(published["keys"][0]["state"], "published");
    let activate = ["key", "activate", &first, "--now-because", "A drill."];
    let activated = json(&place, &activate);
    let states = activated["keys"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|key| key["state"].clone()).collect();
    assert_eq!(states, ["deactivated", "active"]);
    let suspend = [
        "key",
        "suspend",
        &first,
        "--reason",
        "A drill.",
        "--withdraw",
    ];
    assert_eq!(json(&place, &suspend)["keys"][0]["state"], "suspended");
    let resume = ["key", "resume", &first, "--reason", "A drill."];
    let resumed = json(&place, &resume);
    assert!(resumed["receipts"].is_array(), "{resumed}");
    let early = place.run(&["key", "retire", &kid(&activated["keys"][0]["kid"])]);
    assert_eq!(early.code, Some(5), "{early:?}");
    let second = kid_of(&json(&place, &["key", "stage", "access/ES256"]));
    let discarded = json(&place, &["key", "discard", &second]);
    assert_eq!(discarded["keys"][0]["state"], "retired");
}

#[test]
fn a_compromise_is_rehearsed_before_it_is_declared() {
    let place = Place::new();
    started_once(&place);
    let ring = json(&place, &["ring", "show", "access/ES256"]);
    let active = kid(&ring["active"]);
    let blast = json(&place, &["key", "blast-radius", &active]);
    assert!(blast["tokens"].is_array(), "{blast}");
    let rehearsed = json(&place, &["key", "compromise", &active, "--rehearse"]);
    assert_eq!(rehearsed["successor"], ring["standby"]);
    let after = json(&place, &["ring", "show", "access/ES256"]);
    assert_eq!(after["active"], ring["active"], "nothing has changed");
    let without = place.run(&["key", "compromise", &active, "--yes"]);
    assert_eq!(without.code, Some(2), "a reason is needed: {without:?}");
    let declare = [
        "key",
        "compromise",
        &active,
        "--reason",
        "A drill.",
        "--yes",
    ];
    let declared = json(&place, &declare);
    assert_eq!(declared["compromised"], ring["active"]);
    assert_eq!(declared["replaced_by"][0], ring["standby"]);
    assert!(declared["keyring_version"].as_u64() > ring["keyring_version"].as_u64());
}
