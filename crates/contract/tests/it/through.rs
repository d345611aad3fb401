//! References whose pointer leads through another reference.

use std::time::{Duration, Instant};

use gatewright_contract::{AllOf, Budgets, Rule, Ruleset, Settings, diff, lint, read};
use gatewright_domain::time::Timestamp;

use crate::{HEAD, accepted, everything, only, refused, rules_of};

/// A document in which `A` is a reference to `B`, which is one to `C`, and a response is what the pointer says.
fn document(edition: &str, pointer: &str, kind: &str) -> String {
    format!(
        "openapi: {edition}\ninfo: {{title: Orders, version: '1'}}\n\
         paths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: x\n          \
         content: {{application/json: {{schema: {{$ref: '#/components/schemas/{pointer}'}}, example: 5}}}}\n\
         components:\n  schemas:\n    A: {{$ref: '#/components/schemas/B'}}\n    \
         B: {{$ref: '#/components/schemas/C'}}\n    \
         C: {{type: object, properties: {{b: {{$ref: '#/components/schemas/D'}}}}}}\n    \
         D: {{type: object, properties: {{c: {{type: {kind}}}}}}}\n"
    )
}

#[test]
fn what_it_leads_to_is_told_as_a_warning() {
    let found = only(&document("3.1.0", "A/properties/b/properties/c", "string"));
    assert_eq!(found.rule, Rule::ReferenceThrough);
    assert!(
        found
            .message
            .ends_with("write `#/components/schemas/D/properties/c`"),
        "{}",
        found.message
    );
    let nothing = only(&document("3.1.0", "A/properties/d", "string"));
    assert_eq!(nothing.rule, Rule::ReferenceToNothing);
}

#[test]
fn a_path_behind_it_is_read() {
    let text = format!(
        "{HEAD}paths: {{/a: {{$ref: '#/x-a/one'}}}}\n\
         x-a: {{$ref: '#/x-b'}}\nx-b: {{one: {{get: {{responses: {{200: {{description: x}}}}}}}}}}\n"
    );
    assert_eq!(accepted(&text).operations.len(), 1);
}

#[test]
fn an_example_is_held_against_the_schema_behind_it() {
    let ruleset = Ruleset::read("extends: spectral:oas\n", &|_| None).expect("a ruleset");
    let places = |kind| {
        let text = document("3.0.3", "A/properties/b/properties/c", kind);
        let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
        let found = lint(&document, &ruleset).findings.into_iter();
        let wrong = found.filter(|it| it.rule == "oas3-valid-media-example");
        wrong.map(|it| (it.pointer, it.line)).collect::<Vec<_>>()
    };
    assert_eq!(places("integer"), []);
    let place = "/paths/~1a/get/responses/200/content/application~1json/example";
    assert_eq!(places("string"), [(place.to_owned(), 9)]);
}

#[test]
fn a_change_behind_it_is_told_where_it_stands() {
    for all_of in [AllOf::Listed, AllOf::Merged] {
        for edition in ["3.0.3", "3.1.0"] {
            let texts = ["string", "integer"]
                .map(|kind| document(edition, "A/properties/b/properties/c", kind));
            let [base, revision] = texts
                .each_ref()
                .map(|text| read(text.as_bytes(), &Budgets::default()).expect("a document"));
            let mut settings = Settings::at(Timestamp::from_seconds(0));
            settings.all_of = all_of;
            let told = diff(&base, &revision, &settings).told;
            let told: Vec<_> = told
                .iter()
                .map(|it| (it.id, it.revision.as_ref().map(|spot| spot.line)))
                .collect();
            assert_eq!(
                told,
                [("response-body-type-changed", Some(15))],
                "{edition}"
            );
        }
    }
}

#[test]
fn circles_and_chains_through_references_end() {
    let circle =
        format!("{HEAD}paths: {{/a: {{$ref: '#/x/a/b'}}}}\nx: {{a: {{$ref: '#/x/a/b/c'}}}}\n");
    assert_eq!(rules_of(&refused(circle))[..1], [Rule::ReferenceUnusable]);
    let count = 10_000;
    let nested: String = (0..count)
        .map(|n| format!("  c{n}: {{$ref: '#/x/c{}/y/z'}}\n", (n + 1) % count))
        .collect();
    let wide: String = (0..count)
        .map(|n| format!("  d{n}: {{$ref: '#/x/d0{}'}}\n", "/d".repeat(500 + n % 2)))
        .collect();
    for links in [nested, wide] {
        let text = format!("{HEAD}paths: {{}}\nx:\n{links}");
        let start = Instant::now();
        let found = everything(&text);
        assert!(!found.is_empty());
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            start.elapsed()
        );
    }
}
