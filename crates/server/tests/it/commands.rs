//! Commands that work on files and on the database directly.

use std::{io::Write, os::unix::fs::PermissionsExt, process::Stdio};

use crate::program::{Place, ran};

const CORPUS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../token/tests/vectors/hostile-tokens.json"
);
const ORDERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/orders.yaml");

#[test]
fn the_corpus_is_judged_whole() {
    let checked = Place::new().run(&["token", "check-corpus", CORPUS, "--quiet"]);
    assert_eq!(
        (checked.code, checked.out.as_str()),
        (Some(0), "167 of 167\n"),
        "{}",
        checked.err
    );
}

#[test]
fn the_sample_contract_has_operations_of_differing_scopes() {
    let listed = Place::new().run(&["contract", "operations", ORDERS]);
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    for (path, scopes) in [
        ("/status", ""),
        ("/orders/{id}", "read write"),
        ("/events", "read"),
    ] {
        let found = listed
            .out
            .lines()
            .any(|line| line.contains(path) && line.contains(scopes));
        assert!(found, "{path} with `{scopes}` is not in\n{}", listed.out);
    }
}

#[test]
fn a_document_that_is_no_contract_is_found_out() {
    let place = Place::new();
    std::fs::write(place.path().join("not.yaml"), "openapi: 3.1.0\n").unwrap();
    let refused = place.run(&["contract", "validate", "not.yaml"]);
    assert_eq!(refused.code, Some(10), "{refused:?}");
    assert!(refused.out.contains("1:1"), "{}", refused.out);
}

#[test]
fn a_command_without_a_database_says_so() {
    let missing = Place::new().run(&["key", "list"]);
    assert_eq!(missing.code, Some(3), "{missing:?}");
    assert!(
        missing.err.contains("there is no database"),
        "{}",
        missing.err
    );
}

#[test]
fn init_writes_what_is_missing_once_and_the_doctor_finds_nothing_wrong() {
    let place = Place::new();
    let made = place.run(&["init"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let kek = std::fs::metadata(place.path().join("gatewright-data/kek")).unwrap();
    assert_eq!(kek.permissions().mode() & 0o777, 0o600);
    assert_eq!(place.run(&["init"]).code, Some(5));

    // Ports that no other test listens on.
    let file = place.path().join("gatewright.toml");
    let mut settings = std::fs::OpenOptions::new().append(true).open(file).unwrap();
    writeln!(
        settings,
        "listen = \"127.0.0.1:0\"\ngateway_listen = \"127.0.0.1:0\""
    )
    .unwrap();
    let migrated = place.run(&["migrate", "--output", "json"]);
    assert_eq!(migrated.code, Some(0), "{}", migrated.err);
    let database = place.path().join("gatewright-data/gatewright.db");
    let database = std::fs::metadata(database).unwrap();
    assert_eq!(database.permissions().mode() & 0o777, 0o600);
    let doctor = place.run(&["doctor", "--output", "json"]);
    assert_eq!(doctor.code, Some(0), "{doctor:?}");
    let found: serde_json::Value = serde_json::from_str(&doctor.out).unwrap();
    let listen = found["settings"].as_array().unwrap().iter();
    let listen = listen.clone().find(|said| said["key"] == "listen").unwrap();
    assert_eq!(listen["source"], "gatewright.toml");
    assert!(
        doctor
            .out
            .contains("sqlite://gatewright-data/gatewright.db"),
        "{doctor:?}"
    );
}

#[test]
fn the_first_operator_is_founded_at_the_terminal_and_the_trail_is_sound() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    let add = |name: &str, role: &str| {
        let arguments = ["operator", "add", name, "--role", role, "--password-stdin"];
        let mut command = place.command(&arguments);
        let spawned = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = spawned.unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"correct horse battery staple\n").unwrap();
        drop(stdin);
        child.wait_with_output().unwrap().status.code()
    };
    assert_eq!(
        add("ada", "auditor"),
        Some(5),
        "the first one is an administrator"
    );
    assert_eq!(add("ada", "admin"), Some(0));
    assert_eq!(add("bob", "auditor"), Some(0));
    assert_eq!(
        add("Ada", "auditor"),
        Some(5),
        "names are compared without regard to case"
    );

    let token = place.run(&["operator", "access-token", "ada", "--name", "ci", "--quiet"]);
    assert!(token.out.starts_with("gw_pat_"), "{token:?}");
    assert_eq!(place.run(&["operator", "disable", "nobody"]).code, Some(3));

    let verified = place.run(&["audit", "verify", "--output", "json"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    let tail = place.run(&["audit", "tail"]);
    assert!(tail.out.contains("ada"), "{tail:?}");
}

#[test]
fn a_password_is_not_asked_for_where_nobody_can_answer() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    let refused = place.run(&["operator", "add", "ada", "--role", "admin"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("--password-file"), "{}", refused.err);
}

#[test]
fn an_open_key_file_is_refused_with_the_way_to_mend_it() {
    let place = Place::new();
    assert_eq!(place.run(&["init"]).code, Some(0));
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    let kek = place.path().join("gatewright-data/kek");
    std::fs::set_permissions(&kek, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = place.run(&["key", "list"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("chmod 600"), "{}", refused.err);
    let named = ran(place
        .command(&["key", "list"])
        .env("GATEWRIGHT_KEK_FILE", "nowhere"));
    assert_eq!(
        named.code,
        Some(1),
        "a key that was asked for by name is not made: {named:?}"
    );
}

#[test]
fn a_token_is_taken_from_anywhere_and_never_repeated_in_an_error() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    assert_eq!(
        place.run(&["key", "rotate"]).code,
        Some(3),
        "there is no ring yet"
    );
    let text = "eyJhbGciOiJub25lIn0.e30.AAAA";
    let given = place.run(&["token", "inspect", text]);
    assert_eq!(given.code, Some(10), "{given:?}");
    assert!(given.err.contains("standard input"), "{given:?}");
    std::fs::write(place.path().join("token.txt"), text).unwrap();
    let read = place.run(&["token", "verify", "token.txt"]);
    assert_eq!((read.code, read.err.as_str()), (Some(10), ""), "{read:?}");
    let neither = place.run(&["token", "inspect", "hunter2"]);
    assert_eq!(neither.code, Some(3), "{neither:?}");
    assert!(!format!("{neither:?}").contains("hunter2"), "{neither:?}");
}

#[test]
fn a_kid_may_begin_with_a_hyphen() {
    let place = Place::new();
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    let kid = "-tj4KXXbUlVBzQmZ4x1bpKNxpMHT4mpdS6LsNfilaAY";
    let unknown = place.run(&["key", "compromise", kid, "--reason", "A drill.", "--yes"]);
    assert_eq!(unknown.code, Some(3), "{unknown:?}");
}
