//! Every finding points at its place: the pointer leads there, and the line and column are those of the upload.

use gatewright_contract::{Budgets, Finding, Level, Rule, read};

use crate::findings;

/// A document that breaks many rules. What each finding must point at is marked `<<rule>>` behind it, or on the line
/// for those at a value.
const BROKEN: &str = "\
openapi: 3.1.0
info: {title: Ördérs, version: 1.0}
security:
  - login: [read, 'no scope', other]
  - nobody: []
components:
  securitySchemes:
    login: {type: oauth2, flows: {implicit: {scopes: {read: x}}}}
  schemas:
    A: {$ref: 'elsewhere.yaml'}
    B: {$ref: '#/nowhere'}
paths:
  orders: {}
  /ö/{id}:
    get: {deprecated: maybe}
    LOCK: {}
";

/// The text at a finding.
fn at<'t>(text: &'t str, finding: &Finding) -> &'t str {
    let line = usize::try_from(finding.line).expect("a line") - 1;
    let column = usize::try_from(finding.column).expect("a column") - 1;
    let line = text.lines().nth(line).expect("the line is in the text");
    let (start, _) = line
        .char_indices()
        .nth(column)
        .expect("the column is in the line");
    &line[start..]
}

fn begins(text: &str, rule: Rule, pointer: &str, words: &str) {
    let found = findings(text);
    let finding = found
        .iter()
        .find(|found| found.rule == rule && found.pointer == pointer)
        .unwrap_or_else(|| panic!("no {rule} at {pointer}: {found:#?}"));
    let rest = at(text, finding);
    assert!(rest.starts_with(words), "{rule} is at `{rest}`");
}

#[test]
fn a_finding_in_yaml_points_at_its_words() {
    let expected = [
        (Rule::UnquotedText, "/info/version", "1.0}"),
        (Rule::ScopeUnusable, "/security/0/login/1", "'no scope'"),
        (Rule::ScopeUndeclared, "/security/0/login/2", "other]"),
        (
            Rule::SecuritySchemeUndefined,
            "/security/1/nobody",
            "nobody: []",
        ),
        (
            Rule::ReferenceOutside,
            "/components/schemas/A/$ref",
            "'elsewhere.yaml'",
        ),
        (
            Rule::ReferenceToNothing,
            "/components/schemas/B/$ref",
            "'#/nowhere'",
        ),
        (Rule::PathWithoutSlash, "/paths/orders", "orders: {}"),
        (Rule::PathUnreachable, "/paths/~1ö~1{id}", "/ö/{id}:"),
        (Rule::WrongType, "/paths/~1ö~1{id}/get/deprecated", "maybe}"),
        (
            Rule::PathParameterUndeclared,
            "/paths/~1ö~1{id}/get",
            "get: {",
        ),
        (Rule::ResponsesMissing, "/paths/~1ö~1{id}/get", "get: {"),
        (Rule::MethodUnknown, "/paths/~1ö~1{id}/LOCK", "LOCK: {}"),
    ];
    for (rule, pointer, words) in expected {
        begins(BROKEN, rule, pointer, words);
    }
    assert_eq!(findings(BROKEN).len(), expected.len());
    begins(
        &BROKEN.replace('\n', "\r\n"),
        Rule::MethodUnknown,
        "/paths/~1ö~1{id}/LOCK",
        "LOCK",
    );
}

#[test]
fn findings_come_in_the_order_of_the_document() {
    let found = findings(BROKEN);
    let places: Vec<_> = found.iter().map(|it| (it.line, it.column)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_finding_in_json_points_at_its_words() {
    let text = "{\n\t\"openapi\": \"3.1.0\",\n\t\"info\": {\"title\": \"Ördérs\", \"version\": []},\n\
        \t\"paths\": {\"/a\": {\"get\": {\"summary\": 7}}}\n}\n";
    begins(text, Rule::WrongType, "/info/version", "\"version\": []}");
    begins(text, Rule::UnquotedText, "/paths/~1a/get/summary", "7}}");
    begins(text, Rule::ResponsesMissing, "/paths/~1a/get", "\"get\":");
}

#[test]
fn a_syntax_error_points_at_its_character_and_the_container_it_is_in() {
    let text = "{\n  \"a\": [\n    {\"b\": 1},\n    {\"b\": oops}\n  ]\n}";
    begins(text, Rule::Syntax, "/a/1", "oops}");
    begins("{\"a\":1,\n \"a\":2}", Rule::DuplicateKey, "/a", "\"a\":2");
    begins("a:\n  b: 1\n  b: 2\n", Rule::DuplicateKey, "/a/b", "b: 2");
    begins(
        "a: ö\nb:\n  - {x: é, <<: y}\n",
        Rule::MergeKey,
        "/b/0",
        "<<: y",
    );
    begins("é: ö\nb: [1, .nan]\n", Rule::NotJson, "/b", ".nan]");
    begins("a: 'ö'\nb: 'x' y\n", Rule::Syntax, "", "y");
}

#[test]
fn bytes_that_are_not_utf_8_are_found_at_their_place() {
    let findings = crate::refused(b"a: \xc3\xb6\nb: \xc3\xb6\xff");
    let finding = &findings.as_slice()[0];
    assert_eq!(finding.rule, Rule::NotUtf8);
    assert_eq!((finding.line, finding.column), (2, 5));
}

#[test]
fn the_span_of_a_node_is_what_it_is_written_with() {
    let text = "a: # comment\n  b: 'x'\n  c: [1, 2] \n\n# end\nd: &e  plain words\nf: |\n  lit\n";
    let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
    let written = |pointer| &text[document.at(pointer).expect("a node").span()];
    assert_eq!(written("/a"), "b: 'x'\n  c: [1, 2]");
    assert_eq!(written("/a/b"), "'x'");
    assert_eq!(written("/a/c"), "[1, 2]");
    assert_eq!(written("/a/c/1"), "2");
    assert_eq!(written("/d"), "plain words");
    let text = "{\"a\": {\"b\": [1, \"x\\n\"]} }";
    let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
    assert_eq!(
        &text[document.at("/a").expect("a node").span()],
        "{\"b\": [1, \"x\\n\"]}"
    );
    assert_eq!(
        &text[document.at("/a/b/1").expect("a node").span()],
        "\"x\\n\""
    );
}

#[test]
fn a_finding_is_told_as_json_with_its_rule_and_level() {
    let finding = crate::only(&BROKEN.replace("openapi: 3.1.0", "openapi: 4.0.0"));
    let told = serde_json::to_value(&finding).expect("a finding as JSON");
    assert_eq!(told["rule"], "unsupported-version");
    assert_eq!(told["level"], "error");
    assert_eq!(told["pointer"], "/openapi");
    assert_eq!((&told["line"], &told["column"]), (&1.into(), &10.into()));
    assert_eq!(finding.level, Level::Error);
}
