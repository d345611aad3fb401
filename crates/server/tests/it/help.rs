//! Help, settings that do not exist, and what scripts rely on.

use crate::program::{Place, ran};

#[test]
fn help_names_every_noun_and_teaches_the_exit_codes() {
    let help = Place::new().run(&["--help"]);
    assert_eq!(help.code, Some(0));
    let nouns = [
        "serve",
        "demo",
        "init",
        "doctor",
        "migrate",
        "operator",
        "team",
        "key",
        "ring",
        "token",
        "gateway",
        "verifier",
        "audit",
        "contract",
        "version",
        "completions",
    ];
    for noun in nouns {
        assert!(help.out.contains(noun), "{noun} is not in\n{}", help.out);
    }
    assert!(help.out.contains("Exit codes"), "{}", help.out);
}

#[test]
fn the_version_is_bare_when_quiet_and_an_object_when_asked() {
    let place = Place::new();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        place.run(&["version", "--quiet"]).out,
        format!("{version}\n")
    );
    let object = place.run(&["version", "--output", "json"]).out;
    let object: serde_json::Value = serde_json::from_str(&object).unwrap();
    assert_eq!(object["version"], version);
}

#[test]
fn completions_are_printed() {
    let bash = Place::new().run(&["completions", "bash"]);
    assert_eq!(bash.code, Some(0));
    assert!(bash.out.contains("_gatewright"));
}

#[test]
fn a_setting_that_does_not_exist_is_met_by_its_nearest() {
    let place = Place::new();
    std::fs::write(
        place.path().join("gatewright.toml"),
        "listne = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let refused = place.run(&["doctor"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused
            .err
            .contains("gatewright.toml: there is no setting `listne`"),
        "{}",
        refused.err
    );
    assert!(
        refused.err.contains("did you mean `listen`?"),
        "{}",
        refused.err
    );

    let elsewhere = Place::new();
    let refused = ran(elsewhere.command(&["doctor"]).env("GATEWRIGHT_LISTNE", "x"));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("GATEWRIGHT_LISTNE"), "{}", refused.err);
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_source() {
    let place = Place::new();
    let refused = ran(place
        .command(&["doctor"])
        .env("GATEWRIGHT_LEEWAY_S", "soon"));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused
            .err
            .contains("GATEWRIGHT_LEEWAY_S: `leeway_s` is a whole number"),
        "{}",
        refused.err
    );
    let refused = ran(place
        .command(&["doctor"])
        .env("GATEWRIGHT_LISTEN", "everywhere"));
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("GATEWRIGHT_LISTEN"), "{}", refused.err);
}
