//! `gatewright contract` on files: what is found is shown with what is written there, in every form, and the number at the end
//! says whether it was enough to stop a pipeline. No database and no configuration is near.

use std::{fs, io::Write, process::Stdio};

use serde_json::Value;

use crate::program::{Place, Ran};

/// A document with an error, a warning and nothing else.
const FAULTY: &str = "\
openapi: 3.1.0
info: {title: Orders, version: '1'}
paths:
  /orders:
    get:
      sumary: All of them
      security: [{login: [read]}]
      responses: {'200': {description: them}}
";

/// A place with a faulty document in it, whose name a careless program would trip over.
fn place() -> Place {
    let place = Place::new();
    fs::write(place.path().join("a, b.yaml"), FAULTY).unwrap();
    let sound = FAULTY.replace("sumary", "summary");
    let sound = sound.replace("      security: [{login: [read]}]\n", "");
    fs::write(place.path().join("sound.yaml"), sound).unwrap();
    place
}

/// Validates the faulty document.
fn validate(more: &[&str]) -> Ran {
    let arguments = [&["contract", "validate", "a, b.yaml"], more].concat();
    place().run(&arguments)
}

#[test]
fn a_finding_is_shown_with_its_line_and_a_mark_below_its_column() {
    let found = validate(&[]);
    assert_eq!(found.code, Some(10), "{found:?}");
    let expected = "\
a, b.yaml:6:7 warning schema-violation
  `sumary` is no member of an operation object; `summary` is
  6 |       sumary: All of them
    |       ^
a, b.yaml:7:19 error security-scheme-undefined
  the security scheme `login` is not defined under `components.securitySchemes`
  7 |       security: [{login: [read]}]
    |                   ^
";
    assert_eq!(found.out, expected);
    assert!(
        found.err.contains("1 error, 1 warning in 1 file."),
        "{}",
        found.err
    );
    let coloured = validate(&["--color", "always"]);
    assert!(
        coloured.out.contains("\u{1b}[1m\u{1b}[31merror"),
        "{:?}",
        coloured.out
    );
}

#[test]
fn the_number_at_the_end_says_whether_it_was_enough() {
    let place = place();
    let code = |arguments: &[&str]| {
        let ran = place.run(&[&["contract", "validate"], arguments].concat());
        ran.code.unwrap_or_else(|| panic!("{ran:?}"))
    };
    assert_eq!(code(&["sound.yaml"]), 0);
    assert_eq!(code(&["sound.yaml", "a, b.yaml"]), 10);
    assert_eq!(code(&["a, b.yaml", "--fail-on", "never"]), 0);
    let slip = FAULTY.replace("      security: [{login: [read]}]\n", "");
    fs::write(place.path().join("slip.yaml"), slip).unwrap();
    assert_eq!(code(&["slip.yaml"]), 0);
    assert_eq!(code(&["slip.yaml", "--fail-on", "warn"]), 10);
    assert_eq!(code(&["nowhere.yaml"]), 1);
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["sound.yaml", "--format", "xml"]), 2);
}

#[test]
fn standard_input_is_read() {
    let place = Place::new();
    let mut command = place.command(&["contract", "validate", "-", "--format", "jsonl"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(FAULTY.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(10));
    let out = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["file"], "-");
    assert_eq!(lines[1]["pointer"], "/paths/~1orders/get/security/0/login");
}

#[test]
fn programs_get_json_and_sarif() {
    let json: Value = serde_json::from_str(&validate(&["--format", "json"]).out).unwrap();
    let same: Value = serde_json::from_str(&validate(&["--output", "json"]).out).unwrap();
    assert_eq!(json, same);
    assert_eq!(json[1]["rule"], "security-scheme-undefined");
    assert_eq!(json[1]["level"], "error");
    assert_eq!(
        (&json[1]["line"], &json[1]["column"]),
        (&7.into(), &19.into())
    );

    let log: Value = serde_json::from_str(&validate(&["--format", "sarif"]).out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(result["message"]["text"].is_string());
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%2C%20b.yaml");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        assert!(place["region"]["startColumn"].as_u64().unwrap() > 0);
        assert!(result["partialFingerprints"]["gatewright/v1"].is_string());
    }
}

#[test]
fn build_servers_get_junit_and_annotations() {
    let junit = validate(&["--format", "junit"]).out;
    well_formed(&junit);
    assert!(junit.contains("tests=\"2\" failures=\"1\""), "{junit}");
    assert_eq!(junit.matches("<failure ").count(), 1, "{junit}");
    let strict = validate(&["--format", "junit", "--fail-on", "warn"]).out;
    assert_eq!(strict.matches("<failure ").count(), 2, "{strict}");

    let annotations = validate(&["--format", "github"]).out;
    let lines: Vec<&str> = annotations.lines().collect();
    assert_eq!(lines.len(), 2, "{annotations}");
    assert!(
        lines[1].starts_with(
            "::error file=a%2C b.yaml,line=7,col=19,title=security-scheme-undefined::"
        ),
        "{annotations}"
    );
    assert!(lines[0].starts_with("::warning "), "{annotations}");
}

#[test]
fn people_get_markdown() {
    let out = validate(&["--format", "markdown"]).out;
    let rows: Vec<&str> = out.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 4, "{out}");
    for row in rows {
        assert_eq!(row.matches(" | ").count(), 3, "{row}");
    }
    let clean = place().run(&["contract", "validate", "sound.yaml", "--format", "markdown"]);
    assert_eq!(clean.out, "Nothing found in 1 file.\n\n");
}

#[test]
fn what_is_written_in_a_document_cannot_speak_to_the_terminal() {
    let place = Place::new();
    let text = FAULTY.replace("sumary: All", "\"su\\e[31mmary\": \u{9b}31mAll");
    fs::write(place.path().join("evil.yaml"), text).unwrap();
    let found = place.run(&["contract", "validate", "evil.yaml"]);
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!found.out.contains(control), "{:?}", found.out);
    assert!(found.out.contains("schema-violation"), "{:?}", found.out);
}

#[test]
fn operations_of_several_files_are_listed_with_their_file() {
    let place = place();
    let list = |more: &[&str]| {
        let ran = place.run(&[&["contract", "operations", "sound.yaml"], more].concat());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.out
    };
    let one: Value = serde_json::from_str(&list(&["--format", "json"])).unwrap();
    assert_eq!(one[0]["method"], "GET");
    assert_eq!(one[0].get("file"), None);
    let two: Value = serde_json::from_str(&list(&["sound.yaml", "--format", "json"])).unwrap();
    assert_eq!(two[1]["file"], "sound.yaml");
    assert_eq!(list(&["--format", "jsonl"]).lines().count(), 1);
    assert!(list(&["--format", "markdown"]).contains("| GET | /orders |"));
    let faulty = place.run(&["contract", "operations", "sound.yaml", "a, b.yaml"]);
    assert_eq!(faulty.code, Some(10), "{faulty:?}");
}

/// Every tag of an XML document is closed, and nothing stands around the one that holds all.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let (_, mut rest) = xml.split_once("?>").expect("a declaration");
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!open.is_empty() || text.trim().is_empty(), "{text}");
        assert!(!text.contains('>'), "{text}");
        let (tag, after) = tag.split_once('>').expect("a tag that ends");
        rest = after;
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .expect("a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "{xml}");
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{xml}");
}
