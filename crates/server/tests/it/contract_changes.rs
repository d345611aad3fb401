//! `gatewright contract lint`, `diff` and `changelog` on files: rulesets, what is known and not told, and what changed.

use std::fs;

use serde_json::Value;

use crate::program::{Place, Ran};

const BASE: &str = "\
openapi: 3.1.0
info: {title: Orders, version: 1.4.2}
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {'200': {description: them}}
  /status:
    get:
      responses: {'200': {description: fine}}
";

/// A place with a document, a later one that breaks its callers, and one that only adds to it.
fn place() -> Place {
    let place = Place::new();
    let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
    write("base.yaml", BASE);
    let (kept, _) = BASE.split_once("  /status:").unwrap();
    write(
        "broken.yaml",
        &kept.replace(
            "name: limit, in: query",
            "name: limit, in: query, required: true",
        ),
    );
    write(
        "added.yaml",
        &(BASE.to_owned() + "  /new:\n    get:\n      responses: {'200': {description: new}}\n"),
    );
    place
}

fn contract(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["contract"], arguments].concat())
}

fn rules(ran: &Ran) -> Vec<String> {
    let found: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    found
        .iter()
        .map(|it| it["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_change_that_breaks_callers_ends_with_10_and_is_told_by_operation() {
    let place = place();
    let broken = contract(&place, &["diff", "base.yaml", "broken.yaml"]);
    assert_eq!(broken.code, Some(10), "{broken:?}");
    for words in ["GET /orders", "GET /status", "error"] {
        assert!(broken.out.contains(words), "{words}: {}", broken.out);
    }
    // What is gone is shown where it stood, and what is new where it stands.
    assert!(
        broken.out.contains("base.yaml:8") || broken.out.contains("base.yaml:9"),
        "{}",
        broken.out
    );
    assert!(broken.out.contains("broken.yaml:6"), "{}", broken.out);
    let added = contract(&place, &["diff", "base.yaml", "added.yaml"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert!(added.out.contains("GET /new"), "{added:?}");
    let strict = contract(
        &place,
        &["diff", "base.yaml", "added.yaml", "--fail-on", "info"],
    );
    assert_eq!(strict.code, Some(10));
    let same = contract(
        &place,
        &["diff", "base.yaml", "base.yaml", "--fail-on", "info"],
    );
    assert_eq!((same.code, same.out.as_str()), (Some(0), ""));
}

#[test]
fn what_is_known_and_what_weighs_otherwise_is_said_in_files() {
    let place = place();
    let base = ["diff", "base.yaml", "broken.yaml", "--format", "json"];
    let all = rules(&contract(&place, &base));
    assert!(all.len() >= 2, "{all:?}");
    let removed = all
        .iter()
        .find(|rule| rule.contains("removed"))
        .expect("a path is gone");
    fs::write(
        place.path().join("known"),
        format!("GET /status {removed}\n"),
    )
    .unwrap();
    let known = contract(&place, &[&base[..], &["--err-ignore", "known"]].concat());
    assert!(!rules(&known).contains(removed), "{known:?}");
    let levels: String = all.iter().map(|rule| format!("{rule} info\n")).collect();
    fs::write(place.path().join("levels"), levels).unwrap();
    let lighter = contract(
        &place,
        &[&base[..], &["--severity-levels", "levels"]].concat(),
    );
    assert_eq!(lighter.code, Some(0), "{lighter:?}");
    fs::write(place.path().join("levels"), "no-such-rule info\n").unwrap();
    let wrong = contract(
        &place,
        &[&base[..], &["--severity-levels", "levels"]].concat(),
    );
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[test]
fn a_changelog_is_markdown_and_suggests_a_version() {
    let place = place();
    let broken = contract(
        &place,
        &["changelog", "--suggest-version", "base.yaml", "broken.yaml"],
    );
    assert_eq!(broken.code, Some(0), "{broken:?}");
    assert!(
        broken.out.starts_with("# Changes in 2.0.0\n"),
        "{}",
        broken.out
    );
    assert!(
        broken.out.contains("\n## GET /orders\n\n- **Breaking:** "),
        "{}",
        broken.out
    );
    let added = contract(
        &place,
        &["changelog", "--suggest-version", "base.yaml", "added.yaml"],
    );
    assert!(
        added.out.starts_with("# Changes in 1.5.0\n"),
        "{}",
        added.out
    );
    assert!(!added.out.contains("**"), "{}", added.out);
    let same = contract(&place, &["changelog", "base.yaml", "base.yaml"]);
    assert!(same.out.contains("Nothing changed"), "{}", same.out);
    let json = contract(
        &place,
        &["changelog", "base.yaml", "added.yaml", "--format", "json"],
    );
    assert_eq!(rules(&json).len(), 1, "{json:?}");
    let unread = contract(&place, &["changelog", "base.yaml", "nowhere.yaml"]);
    assert_eq!(unread.code, Some(1), "{unread:?}");
    fs::write(place.path().join("none.yaml"), "a: [").unwrap();
    let none = contract(&place, &["changelog", "base.yaml", "none.yaml"]);
    assert_eq!(none.code, Some(10), "{none:?}");
}

#[test]
fn rulesets_are_built_in_or_files_and_what_cannot_be_run_is_said() {
    let place = place();
    let built_in = contract(&place, &["lint", "base.yaml", "--format", "json"]);
    assert_eq!(built_in.code, Some(0), "{built_in:?}");
    let found = rules(&built_in);
    assert!(
        found.iter().any(|rule| rule == "operation-operationId"),
        "{found:?}"
    );
    let own = "\
extends: own-base.yaml
functions: [scripted]
rules:
  title-is-long:
    given: $.info.title
    severity: error
    then: {function: length, functionOptions: {min: 20}}
  needs-a-program:
    given: $
    then: {function: scripted}
";
    fs::write(place.path().join("own.yaml"), own).unwrap();
    let base = "rules: {no-status: {given: '$.paths[/status]', then: {function: falsy}}}\n";
    fs::write(place.path().join("own-base.yaml"), base).unwrap();
    let by_own = contract(
        &place,
        &[
            "lint",
            "base.yaml",
            "--ruleset",
            "own.yaml",
            "--format",
            "json",
        ],
    );
    assert_eq!(by_own.code, Some(10), "{by_own:?}");
    assert!(
        rules(&by_own).contains(&"title-is-long".to_owned()),
        "{by_own:?}"
    );
    assert!(by_own.err.contains("needs-a-program"), "{}", by_own.err);
    let missing = contract(&place, &["lint", "base.yaml", "--ruleset", "nowhere.yaml"]);
    assert_eq!(missing.code, Some(1), "{missing:?}");
    fs::write(place.path().join("none.yaml"), "rules: [").unwrap();
    let none = contract(&place, &["lint", "base.yaml", "--ruleset", "none.yaml"]);
    assert_eq!(none.code, Some(2), "{none:?}");
}

#[test]
fn what_cannot_be_read_says_what_helps() {
    let place = place();
    let cases: [(&[&str], i32, &str); 4] = [
        (&["validate", "nowhere.yaml"], 1, "next:  check the path"),
        (&["lint", "."], 1, "next:  name a file"),
        (
            &["diff", "base.yaml", "base.yaml", "--err-ignore", "nowhere"],
            1,
            "next:  check the path",
        ),
        (&["diff", "-", "-"], 2, "standard input is given twice"),
    ];
    for (arguments, code, words) in cases {
        let ran = contract(&place, arguments);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert!(ran.err.contains(words), "{ran:?}");
    }
}

#[test]
fn what_is_ignored_is_not_told_and_what_is_not_there_is_said() {
    let place = place();
    let lint = |more: &[&str]| {
        contract(
            &place,
            &[&["lint", "base.yaml", "--format", "json"], more].concat(),
        )
    };
    let count = |ran: &Ran| {
        rules(ran)
            .iter()
            .filter(|rule| *rule == "operation-operationId")
            .count()
    };
    assert_eq!(count(&lint(&[])), 2);
    let file = place.path().join("ignore");
    fs::write(
        &file,
        "operation-operationId /paths/~1status   # a machine calls it\nno-such-rule\n",
    )
    .unwrap();
    let one = lint(&["--ignore", "ignore"]);
    assert_eq!(count(&one), 1);
    assert!(one.err.contains("line 2: no-such-rule"), "{}", one.err);
    fs::write(&file, "operation-operationId\n").unwrap();
    assert_eq!(count(&lint(&["--ignore", "ignore"])), 0);
    fs::write(&file, "a rule with words\n").unwrap();
    assert_eq!(lint(&["--ignore", "ignore"]).code, Some(2));
}
