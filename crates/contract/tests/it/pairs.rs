//! Pairs of documents that isolate one rule each, with the rules that tell of them.
//!
//! The cases stand in `tests/pairs`, three lines each under a heading: what the base has, what the revision has, and
//! the rules, as often as each is told. Documents are built of the cases of a file; `PAIRS=DIR` writes them to a
//! folder, where `benches/contract/agree` holds them against oasdiff.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use gatewright_contract::{Changes, Check, Settings};

use crate::changes::{changes, settings};

/// Where a case stands in the documents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A schema, in every place a schema can stand.
    Schemas,
    /// A schema in bodies that are written as text.
    Texts,
    /// An operation.
    Operations,
    /// The members of a document of its own.
    Documents,
}

pub(crate) const FILES: [(&str, Kind); 9] = [
    ("bodies", Kind::Operations),
    ("bounds", Kind::Schemas),
    ("branches", Kind::Schemas),
    ("documents", Kind::Documents),
    ("kinds", Kind::Schemas),
    ("operations", Kind::Operations),
    ("shapes", Kind::Schemas),
    ("texts", Kind::Texts),
    ("values", Kind::Schemas),
];

/// The rules that no pair tells of, each with the reason.
pub(crate) const UNTOLD: [(&str, &str); 10] = [
    (
        "api-deprecated-sunset-missing",
        "needs settings; told in `sunsets_are_asked_for`",
    ),
    (
        "request-parameter-deprecated-sunset-missing",
        "needs settings; told in `sunsets_are_asked_for`",
    ),
    (
        "request-property-deprecated-sunset-missing",
        "needs settings; told in `sunsets_are_asked_for`",
    ),
    (
        "response-property-deprecated-sunset-missing",
        "needs settings; told in `sunsets_are_asked_for`",
    ),
    ("comparison-over-budget", "told in `changes`"),
    (
        "request-body-min-items-set",
        "an absent minItems is 0, so it is raised and never set",
    ),
    (
        "request-parameter-min-items-set",
        "an absent minItems is 0, so it is raised and never set",
    ),
    (
        "request-property-min-items-set",
        "an absent minItems is 0, so it is raised and never set",
    ),
    (
        "response-body-min-items-unset",
        "an absent minItems is 0, so it is lowered and never unset",
    ),
    (
        "response-property-min-items-unset",
        "an absent minItems is 0, so it is lowered and never unset",
    ),
];

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) base: String,
    pub(crate) revision: String,
    rules: Vec<String>,
}

impl Case {
    /// The path of the case: its name without what a path does not hold.
    pub(crate) fn path(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { ' ' };
        let name: String = self.name.to_lowercase().chars().map(plain).collect();
        let words: Vec<_> = name.split_whitespace().collect();
        format!("/{}", words.join("-"))
    }
}

impl Case {
    /// The two documents of the case alone.
    pub(crate) fn documents(&self, kind: Kind) -> [String; 2] {
        [&self.base, &self.revision].map(|text| match kind {
            Kind::Documents => alone(text),
            Kind::Schemas | Kind::Texts | Kind::Operations => {
                document(kind, [(self.path(), text.as_str())].into_iter())
            }
        })
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pairs")
}

pub(crate) fn cases(file: &str) -> Vec<Case> {
    let text = fs::read_to_string(folder().join(format!("{file}.txt"))).expect("a file of cases");
    let case = |text: &str| {
        let mut lines = text.lines();
        let mut next = || lines.next().unwrap_or_default().to_owned();
        let (name, base, revision) = (next(), next(), next());
        let rules: String = lines.filter_map(|line| line.get(2..)).collect();
        let rules = rules.split(',').map(|rule| rule.trim().to_owned());
        Case {
            name,
            base,
            revision,
            rules: rules.filter(|rule| !rule.is_empty()).collect(),
        }
    };
    text.split("\n## ").skip(1).map(case).collect()
}

/// The operation of a case.
fn operation(kind: Kind, text: &str) -> Option<String> {
    let inside = format!("{{type: object, properties: {{p: {text}}}}}");
    let content = |one: &str, other: &str| {
        format!("{{{one}: {{schema: {text}}}, {other}: {{schema: {inside}}}}}")
    };
    match kind {
        Kind::Operations if text == "~" => None,
        Kind::Operations | Kind::Documents => Some(text.to_owned()),
        Kind::Texts => {
            let content = content("text/plain", "application/xml");
            let response = format!("{{'200': {{description: it, content: {content}}}}}");
            Some(format!(
                "{{requestBody: {{content: {content}}}, responses: {response}}}"
            ))
        }
        Kind::Schemas => {
            let content = content("application/json", "application/vnd.inside+json");
            let parameter = |name, schema| format!("{{in: query, name: {name}, schema: {schema}}}");
            let parameters = format!("[{}, {}]", parameter("q", text), parameter("o", &inside));
            let headers = format!("{{H: {{schema: {text}}}}}");
            Some(format!(
                "{{parameters: {parameters}, requestBody: {{content: {content}}}, responses: {{'200': {{description: \
                 it, headers: {headers}, content: {content}}}}}}}"
            ))
        }
    }
}

const COMPONENTS: &str = "components:\n  schemas:\n    Cat: {type: object, properties: {a: {type: string}}}\n    \
                          Dog: {type: object, properties: {b: {type: string}}}\n    \
                          Fox: {type: object, properties: {c: {type: string}}}\n    Word: {type: string}\n    \
                          Tree: {type: object, properties: {trees: {type: array, items: {$ref: \
                          '#/components/schemas/Tree'}}}}\n";

/// A document of all cases of a file.
fn document<'c>(kind: Kind, cases: impl Iterator<Item = (String, &'c str)>) -> String {
    let path = |(path, text): (String, &str)| {
        let operation = operation(kind, text)?;
        Some(format!("  {path}: {{post: {operation}}}\n"))
    };
    let paths: String = cases.filter_map(path).collect();
    let components = if kind == Kind::Schemas {
        COMPONENTS
    } else {
        ""
    };
    format!("{}paths:\n{paths}{components}", crate::HEAD)
}

/// The document of a case that has one of its own.
fn alone(text: &str) -> String {
    let members = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let mut all = vec!["openapi: 3.1.0"];
    if !text.contains("info: ") {
        all.push("info: {title: Orders, version: '1'}");
    }
    if !text.contains("paths: ") {
        all.push("paths: {}");
    }
    all.extend(members.filter(|members| !members.is_empty()));
    format!("# {{}} is not JSON here.\n{{{}}}\n", all.join(", "))
}

fn write(name: &str, base: &str, revision: &str) {
    if let Ok(folder) = env::var("PAIRS") {
        let folder = PathBuf::from(folder);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(format!("{name}-base.yaml")), base).expect("a file");
        fs::write(folder.join(format!("{name}-revision.yaml")), revision).expect("a file");
    }
}

/// The rules that tell of changes under a path, or of all, in the order of their names.
fn told(changes: &Changes, path: Option<&str>) -> Vec<String> {
    let changes = changes.told.iter();
    let of_path = changes.filter(|change| path.is_none() || change.path.as_deref() == path);
    let mut rules: Vec<_> = of_path.map(|change| change.id.to_owned()).collect();
    rules.sort();
    rules
}

/// Compares the cases of a file; the names of those that are told otherwise, with what is told.
fn otherwise(file: &str, kind: Kind, settings: &Settings) -> Vec<String> {
    let cases = cases(file);
    let otherwise = |case: &Case, told: Vec<String>| {
        let name = &case.name;
        (told != case.rules).then(|| format!("{file}: {name}:\n  {}", told.join(", ")))
    };
    if kind == Kind::Documents {
        let compare = |case: &Case| {
            let (base, revision) = (alone(&case.base), alone(&case.revision));
            write(&case.path().replace('/', "documents-"), &base, &revision);
            otherwise(case, told(&changes(&base, &revision, settings), None))
        };
        return cases.iter().filter_map(compare).collect();
    }
    let side = |text: fn(&Case) -> &str| {
        document(kind, cases.iter().map(|case| (case.path(), text(case))))
    };
    let (base, revision) = (side(|case| &case.base), side(|case| &case.revision));
    write(file, &base, &revision);
    let changes = changes(&base, &revision, settings);
    let compare = |case: &Case| otherwise(case, told(&changes, Some(&case.path())));
    cases.iter().filter_map(compare).collect()
}

#[test]
fn every_pair_is_told_by_its_rules() {
    let settings = Settings {
        most: usize::MAX,
        ..settings()
    };
    let files = FILES.into_iter();
    let wrong: Vec<_> = files
        .flat_map(|(file, kind)| otherwise(file, kind, &settings))
        .collect();
    assert!(wrong.is_empty(), "told otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn the_cases_of_a_file_have_paths_of_their_own() {
    for (file, _) in FILES {
        let cases = cases(file);
        let paths: BTreeSet<_> = cases.iter().map(Case::path).collect();
        assert_eq!(paths.len(), cases.len(), "{file}");
    }
}

#[test]
fn every_rule_is_told_by_a_pair_or_has_a_reason_not_to() {
    let pairs: BTreeSet<_> = FILES
        .into_iter()
        .flat_map(|(file, _)| cases(file))
        .flat_map(|case| case.rules)
        .collect();
    let untold: Vec<_> = Check::all()
        .map(|check| check.id)
        .filter(|id| !pairs.contains(*id))
        .collect();
    let mut reasons: Vec<_> = UNTOLD.into_iter().map(|(id, _)| id).collect();
    reasons.sort_by_key(|id| (*id == "comparison-over-budget", *id));
    assert_eq!(untold, reasons);
}

#[test]
fn the_rules_that_no_pair_tells_stand_in_the_book_of_differences() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/contract-diff.md");
    let docs = fs::read_to_string(docs).expect("the book of differences");
    for (rule, _) in UNTOLD {
        assert!(docs.contains(&format!("`{rule}`")), "{rule}");
    }
}

#[test]
fn sunsets_are_asked_for() {
    let settings = Settings {
        stable_days: 30,
        ..settings()
    };
    let schema =
        |more: &str| format!("{{type: object, properties: {{p: {{type: string{more}}}}}}}");
    let document = |more: &str| {
        let body = format!("{{application/json: {{schema: {}}}}}", schema(more));
        let parameters = format!("[{{in: query, name: q, schema: {{}}{more}}}]");
        let operation = format!(
            "{{parameters: {parameters}, requestBody: {{content: {body}}}, responses: {{'200': {{content: {body}}}}}{more}}}"
        );
        format!("{}paths:\n  /a: {{post: {operation}}}\n", crate::HEAD)
    };
    let rules = |more: &str| told(&changes(&document(""), &document(more), &settings), None);
    assert_eq!(
        rules(", deprecated: true"),
        [
            "api-deprecated-sunset-missing",
            "request-parameter-deprecated-sunset-missing",
            "request-property-deprecated-sunset-missing",
            "response-property-deprecated-sunset-missing",
        ]
    );
    assert_eq!(
        rules(", deprecated: true, x-sunset: '2026-06-30'"),
        [
            "api-sunset-date-too-small",
            "request-parameter-sunset-date-too-small",
            "request-property-sunset-date-too-small",
            "response-property-sunset-date-too-small",
        ]
    );
}
