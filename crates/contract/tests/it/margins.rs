//! Lines of quoted texts and of what stands in brackets may begin anywhere, as published documents have them.

use gatewright_contract::{Budgets, Rule, read};
use serde_json::{Value, json};

use crate::{reading::value, refused, rules_of};

fn says(text: &str, expected: Value) {
    let document = read(text.as_bytes(), &Budgets::default());
    let document = document.unwrap_or_else(|findings| panic!("{text}\n{findings}"));
    assert_eq!(value(document.root()), expected, "{text}");
}

#[test]
fn a_quoted_text_goes_on_left_of_its_key() {
    says(
        "a:\n  b: 'one\n  two'\n  c: 1\n",
        json!({"a": {"b": "one two", "c": 1}}),
    );
    says(
        "a:\n  - b: \"one\n\ntwo\\\n  three\n\tfour\"\n    c: 1\n",
        json!({"a": [{"b": "one\ntwothree four", "c": 1}]}),
    );
    says(
        "a:\n  b:\n    'it''s\n  \"so\"\nfar'\nc: 'x'\n",
        json!({"a": {"b": "it's \"so\" far"}, "c": "x"}),
    );
    says(
        "a: &x !!str 'one\ntwo'\nb: *x\n",
        json!({"a": "one two", "b": "one two"}),
    );
}

#[test]
fn brackets_are_closed_at_their_key_or_left_of_it() {
    says("a: [\n  1,\n  2\n]\nb: 3\n", json!({"a": [1, 2], "b": 3}));
    says(
        "a:\n  b: {\n    c: 1, # ] }\n \"d\":[it's, 'x]\n  y'],\n  e: two\n words\n  }\n  f: 1\n",
        json!({"a": {"b": {"c": 1, "d": ["it's", "x] y"], "e": "two words"}, "f": 1}}),
    );
    says("- - - [\n1,\n\t2\n]\n- 3\n", json!([[[[1, 2]]], 3]));
    says("'a b': {\n}\n\"c\": [\n]\n", json!({"a b": {}, "c": []}));
}

#[test]
fn a_comment_may_lean_on_a_quote_or_a_bracket() {
    says(
        "a: 'x'# y\nb: [1]# z\nc: [\"d\"# e\n]\nf: g#h # i\n",
        json!({"a": "x", "b": [1], "c": ["d"], "f": "g#h"}),
    );
}

#[test]
fn quotes_and_brackets_within_words_and_blocks_open_nothing() {
    let text = "\
crooked: 'one
two'
words: it's [ {
  \"going\" 'on
  and on
block: |
  it's [
    {
   \"
list:
- |-
  'a
- >
   \"b

   c
- key: >-
    [d
  other: 'e
  f'
# don't
last: \"g\"
";
    let expected = json!({
        "crooked": "one two", "words": "it's [ { \"going\" 'on and on", "block": "it's [\n  {\n \"\n",
        "list": ["'a", "\"b\nc\n", {"key": "[d", "other": "e f"}], "last": "g",
    });
    says(text, expected);
}

#[test]
fn places_are_those_of_the_document_as_it_stands() {
    let text = "a:\n  b: ['ö\nx', {c: d}\n  ]\n  e: \"f\n g\"\n  h: 1\n";
    let document = read(text.as_bytes(), &Budgets::default()).expect("a document");
    let told = ["/a/b/0", "/a/b/1/c", "/a/e", "/a/h"].map(|pointer| {
        let node = document.at(pointer).expect("a node");
        let place = node.place();
        (place.line, place.column, &text[node.span()])
    });
    let expected = [
        (2, 7, "'ö\nx'"),
        (3, 9, "d"),
        (5, 6, "\"f\n g\""),
        (7, 6, "1"),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        &text[document.at("/a/b").expect("a list").span()],
        "['ö\nx', {c: d}\n  ]"
    );
}

#[test]
fn what_is_wrong_beside_is_told_once_and_where_it_stands() {
    for (text, rule, line, column) in [
        ("a: 'b\nc'\nd: [1\n", Rule::Syntax, 4, 1),
        ("a: 'b\nc'\na: 1\n", Rule::DuplicateKey, 3, 1),
        ("a: 1\na: 2\nd: 'b\nc'\n", Rule::DuplicateKey, 2, 1),
        ("a: 'b\nc'\nd: .nan\n", Rule::NotJson, 3, 4),
        ("a: 'b\n---\nc'\n", Rule::Syntax, 1, 4),
        ("a: 'b\nc", Rule::Syntax, 1, 4),
    ] {
        let findings = refused(text);
        let told: Vec<_> = findings
            .as_slice()
            .iter()
            .map(|it| (it.rule, it.line, it.column))
            .collect();
        assert_eq!(told, [(rule, line, column)], "{text}");
    }
}

#[test]
fn a_document_that_would_grow_without_bound_is_refused() {
    let far = " ".repeat(1_000);
    let text = format!("{far}a: '{}'\n", "b\n".repeat(100_000));
    assert_eq!(rules_of(&refused(&text)), [Rule::Syntax]);
}

#[test]
fn a_document_that_would_stand_in_memory_twice_and_is_long_is_refused() {
    let text = |length: usize| format!("a: 'b\nc'\n#{}\n", "-".repeat(length));
    assert!(read(text(1 << 20).as_bytes(), &Budgets::default()).is_ok());
    assert_eq!(rules_of(&refused(text(9 << 20))), [Rule::Syntax]);
}
