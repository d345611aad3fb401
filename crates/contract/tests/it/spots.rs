//! Every change stands at its spots: in the base and in the revision, in YAML and in JSON.
//!
//! The spots of every rule are listed in `tests/pairs/spots.txt`, one line for each way in which the pairs tell it: the
//! rule, its pointer in the base and its pointer in the revision, where `@` is the operation of the case, `S` a schema
//! of it, and `-` means that there is none. `UPDATE_SPOTS=1` writes the list anew; review it like code.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
};

use gatewright_contract::{Change, Check, Settings, Spot};

use crate::{
    changes::{changes, settings},
    pairs::{FILES, cases},
    second::{Part, Second},
};

/// Rules that no pair of documents is told by: an absent `minItems` is 0, so that it is raised or lowered and neither
/// set nor unset.
const NEVER: [&str; 5] = [
    "request-body-min-items-set",
    "request-parameter-min-items-set",
    "request-property-min-items-set",
    "response-body-min-items-unset",
    "response-property-min-items-unset",
];

/// What holds schemas in an operation, and a schema inside them.
const HOLDERS: [&str; 10] = [
    "@/requestBody/content/application~1vnd.inside+json/schema/properties/p",
    "@/requestBody/content/application~1json/schema",
    "@/requestBody/content/application~1xml/schema/properties/p",
    "@/requestBody/content/text~1plain/schema",
    "@/responses/200/content/application~1vnd.inside+json/schema/properties/p",
    "@/responses/200/content/application~1json/schema",
    "@/responses/200/content/application~1xml/schema/properties/p",
    "@/responses/200/content/text~1plain/schema",
    "@/responses/200/headers/H/schema",
    "@/parameters/1/schema/properties/p",
];

/// A change and where it stands, told without lines and columns.
type Told = (&'static str, [Option<(String, Part)>; 2]);

/// The changes between two texts, each with what stands at its spots. Nothing but the key or the value that the pointer
/// leads to may stand there.
fn told(texts: &[String; 2], settings: &Settings) -> Vec<(Told, Change)> {
    let seconds = texts.each_ref().map(|text| Second::read(text));
    let [base, revision] = texts;
    let changes = changes(base, revision, settings).told.into_iter();
    let told = changes.map(|change| {
        let spot = |spot: &Option<Spot>, second: &Second| {
            let spot = spot.as_ref()?;
            let part = second.part(&spot.pointer, (spot.line, spot.column));
            let part = part.unwrap_or_else(|| panic!("{} does not stand at {spot:?}", change.id));
            Some((spot.pointer.clone(), part))
        };
        let [base, revision] = &seconds;
        let spots = [spot(&change.base, base), spot(&change.revision, revision)];
        assert_ne!(spots, [None, None], "{change:#?}");
        ((change.id, spots), change)
    });
    told.collect()
}

/// Every pair of documents with the path of its case and the settings it needs.
fn pairs() -> Vec<(String, [String; 2], Settings)> {
    let settings = Settings {
        most: usize::MAX,
        ..settings()
    };
    let mut pairs = Vec::new();
    for (file, kind) in FILES {
        for case in cases(file) {
            pairs.push((case.path(), case.documents(kind), settings.clone()));
        }
    }
    let document = |schema: &str, more: &str| {
        let body = format!("{{application/json: {{schema: {{properties: {{p: {schema}}}}}}}}}");
        let answers = format!("{{'200': {{description: it, content: {body}}}}}");
        format!(
            "{}paths:\n  /a:\n    post:\n      parameters:\n      - in: query\n        name: q\n        schema: {{}}\n{}      \
             requestBody:\n        content: {body}\n      responses: {answers}\n{}",
            crate::HEAD,
            more.replace('>', "        "),
            more.replace('>', "      "),
        )
    };
    let ends = [
        document("{type: string}", ""),
        document("{type: string, deprecated: true}", ">deprecated: true\n"),
    ];
    let dated = Settings {
        stable_days: 30,
        ..settings.clone()
    };
    pairs.push(("/a".to_owned(), ends.clone(), dated));
    let poor = Settings {
        steps: 0,
        ..settings
    };
    pairs.push(("/a".to_owned(), ends, poor));
    pairs
}

#[test]
fn every_change_stands_where_its_pointers_lead_in_yaml_and_in_json() {
    let mut rules = BTreeSet::new();
    for (path, yaml, settings) in pairs() {
        let json = yaml.each_ref().map(|text| Second::read(text).json());
        let in_yaml = told(&yaml, &settings);
        rules.extend(in_yaml.iter().map(|(_, change)| change.id));
        let spots = |told: Vec<(Told, Change)>| {
            let mut spots: Vec<_> = told.into_iter().map(|(told, _)| told).collect();
            spots.sort();
            spots
        };
        assert_eq!(spots(in_yaml), spots(told(&json, &settings)), "{path}");
    }
    let missing: Vec<_> = Check::all()
        .map(|check| check.id)
        .filter(|id| !rules.contains(id) && !NEVER.contains(id))
        .collect();
    assert_eq!(missing, [""; 0], "rules that no pair places");
    let told = NEVER.into_iter().filter(|id| rules.contains(id));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [""; 0],
        "rules that are told after all"
    );
}

#[test]
fn what_is_gone_stands_in_the_base_and_what_is_new_in_the_revision() {
    // The items of a list have no names: another one may stand in the place of one that is gone.
    let item = |pointer: &str| {
        let last = pointer.rsplit('/').next();
        last.is_some_and(|last| last.parse::<u32>().is_ok())
    };
    for (path, texts, settings) in pairs() {
        let [base, revision] = texts.each_ref().map(|text| Second::read(text));
        for change in changes(&texts[0], &texts[1], &settings).told {
            let (only, other) = match (&change.base, &change.revision) {
                (Some(gone), None) => (gone, &revision),
                (None, Some(new)) => (new, &base),
                (Some(_), Some(_)) | (None, None) => continue,
            };
            let component = ["/components/schemas/Cat", "/components/schemas/Tree"]
                .into_iter()
                .any(|component| only.pointer.starts_with(component));
            let there = other.has(&only.pointer) && !item(&only.pointer) && !component;
            assert!(!there, "{path}: {change:#?}");
        }
    }
}

#[test]
fn what_stands_at_one_pointer_of_both_documents_differs() {
    /// What makes these a change stands elsewhere: in the list of required properties, or all over the document.
    const ELSEWHERE: [&str; 5] = [
        "became-required",
        "became-optional",
        "became-required-with-default",
        "api-version-not-bumped",
        "comparison-over-budget",
    ];
    for (path, texts, settings) in pairs() {
        let [base, revision] = texts.each_ref().map(|text| Second::read(text));
        for change in changes(&texts[0], &texts[1], &settings).told {
            let spots = change.base.as_ref().zip(change.revision.as_ref());
            let Some((was, is)) = spots.filter(|(was, is)| was.pointer == is.pointer) else {
                continue;
            };
            let elsewhere = ELSEWHERE.iter().any(|end| change.id.ends_with(end));
            let alike = base.written(&was.pointer) == revision.written(&is.pointer);
            assert!(!alike || elsewhere, "{path}: {change:#?}");
        }
    }
}

/// A pointer without what the case has chosen.
fn short(pointer: &str, path: &str) -> String {
    let operation = format!("/paths/{}/post", path.replace('/', "~1"));
    let mut short = match pointer.strip_prefix(&operation) {
        Some(rest) => format!("@{rest}"),
        None => pointer.to_owned(),
    };
    for holder in HOLDERS {
        if let Some(rest) = short.strip_prefix(holder) {
            short = format!("S{rest}");
        }
    }
    if short.is_empty() {
        short.push_str("the document");
    }
    short
}

#[test]
fn the_spots_of_every_rule_are_those_that_are_listed() {
    let mut listed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (path, texts, settings) in pairs() {
        for ((id, spots), _) in told(&texts, &settings) {
            let spots = spots.map(|spot| match spot {
                None => "-".to_owned(),
                Some((pointer, _)) => short(&pointer, &path),
            });
            let line = format!("{id}  {}  {}\n", spots[0], spots[1]);
            listed.entry(id).or_default().insert(line);
        }
    }
    let list: String = listed.into_values().flatten().collect();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pairs/spots.txt");
    if env::var_os("UPDATE_SPOTS").is_some() {
        fs::write(&file, &list).expect("the list is written");
    }
    let known = fs::read_to_string(&file).expect("the list of spots");
    let (known, list): (BTreeSet<_>, BTreeSet<_>) =
        (known.lines().collect(), list.lines().collect());
    let gone: Vec<_> = known.difference(&list).collect();
    let new: Vec<_> = list.difference(&known).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "gone: {gone:#?}\nnew: {new:#?}"
    );
}
