//! Key-encryption keys at the terminal: added, rotated to, retired; and a start without the right one.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;

use crate::{
    bad_settings::{FREE, refused, started_once, write_key},
    program::{Place, Ran, Running, ran},
};

const NEXT: &str = "file:gatewright-data/kek-next";

fn with(place: &Place, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = place.command(arguments);
    command.envs(variables.iter().copied());
    ran(&mut command)
}

fn listed(place: &Place, state: &str) -> String {
    let listed = place.run(&["kek", "list", "--output", "json"]);
    let keks: Value = serde_json::from_str(&listed.out).unwrap();
    let mut found = keks.as_array().unwrap().iter();
    let found = found.find(|kek| kek["state"] == state);
    let found = found.unwrap_or_else(|| panic!("none is {state}: {keks}"));
    found["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_is_added_and_rotated_to_and_the_old_one_is_done_without() {
    let place = Place::new();
    started_once(&place);
    let old = listed(&place, "active");
    let added = place.run(&["kek", "add", NEXT, "--quiet"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let next = added.out.trim().to_owned();
    assert_eq!(next, listed(&place, "known"));
    assert!(added.err.contains("kek_others = [\"file:"), "{added:?}");
    let file = fs::metadata(place.path().join("gatewright-data/kek-next")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_ne!(
        place.run(&["kek", "add", NEXT]).code,
        Some(0),
        "it is known"
    );

    let unknown = place.run(&["kek", "rotate", "--to", &next]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.err.contains("`kek_others`"), "{unknown:?}");

    let both = [("GATEWRIGHT_KEK_OTHERS", NEXT)];
    let rotated = with(&place, &both, &["kek", "rotate", "--to", &next]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    for words in ["secrets moved", "two minutes later"] {
        assert!(rotated.err.contains(words), "{words}: {rotated:?}");
    }
    assert!(rotated.out.contains(&old), "{rotated:?}");
    let again = with(
        &place,
        &both,
        &["kek", "rotate", "--to", &next, "--output", "json"],
    );
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["moved"], 0, "there is nothing left to move");

    let early = with(&place, &both, &["kek", "retire", &old, "--yes"]);
    assert!(early.err.contains("superseded a moment ago"), "{early:?}");
    let seals = with(&place, &both, &["kek", "retire", &next, "--yes"]);
    assert!(seals.err.contains("rotate to another first"), "{seals:?}");

    // The old key alone opens nothing any more, and no other is made.
    let words = [next.as_str(), "no new key is made in its place"];
    refused(place.command(&FREE), 1, &words);
    let mut new = place.command(&FREE);
    new.env("GATEWRIGHT_KEK", NEXT);
    let running = Running::start(new);
    running.until("Ready. Portal");
    assert_eq!(running.end(), Some(0));
}

#[test]
fn an_installation_lives_on_a_passphrase() {
    let place = Place::new();
    let passphrase = place.path().join("passphrase");
    write_key(&passphrase, b"seven words that nobody would guess\n");
    let source = [("GATEWRIGHT_KEK", "passphrase-file:passphrase")];
    let start = || {
        let mut command = place.command(&FREE);
        command.envs(source);
        command
    };
    for _ in 0..2 {
        let running = Running::start(start());
        running.until("Ready. Portal");
        assert_eq!(running.end(), Some(0));
    }
    assert!(!place.path().join("gatewright-data/kek").exists());
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o644)).unwrap();
    refused(
        start(),
        1,
        &["can be reached by others (mode 0644)", "chmod 600"],
    );
    write_key(&passphrase, b"another sentence that is long enough");
    refused(start(), 1, &["secrets are sealed", "no new key is made"]);
    write_key(&passphrase, b"short");
    refused(start(), 1, &["fewer than 20 characters"]);
}

#[test]
fn a_source_that_cannot_be_used_says_what_to_do() {
    let place = Place::new();
    let cases = [
        ("passphrase", "GATEWRIGHT_KEK_PASSPHRASE_FILE"),
        (
            "pkcs11:token=t;object=k?module-path=/nowhere.so",
            "GATEWRIGHT_KEK_PIN_FILE",
        ),
        (
            "vault:https://127.0.0.1:1/transit/keys/gw",
            "GATEWRIGHT_KEK_TOKEN_FILE",
        ),
        ("vault:http://bao.example/transit/keys/gw", "in the clear"),
    ];
    for (source, words) in cases {
        let mut start = place.command(&FREE);
        start.env("GATEWRIGHT_KEK", source);
        let code = if source.starts_with("vault:http:") {
            2
        } else {
            1
        };
        refused(start, code, &[words]);
    }
    let mut start = place.command(&FREE);
    start.env(
        "GATEWRIGHT_KEK",
        "vault:https://127.0.0.1:1/transit/keys/gw",
    );
    start.env("GATEWRIGHT_KEK_TOKEN", "a-token");
    refused(start, 1, &["cannot be reached"]);
    assert!(!place.path().join("gatewright-data/kek").exists());
    let shown = place.run(&["kek", "add", "0123456789abcdef"]);
    assert!(
        shown.err.contains("on a command line") || shown.code == Some(3),
        "{shown:?}"
    );
}
