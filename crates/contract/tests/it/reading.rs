//! JSON and YAML come out as the same tree, and nothing is forgiven that could be read in two ways.

use gatewright_contract::{Budgets, Document, Format, Kind, Node, Rule, read};
use serde_json::Value;

use crate::{refused, rules_of};

fn document(text: &str) -> Document<'_> {
    read(text.as_bytes(), &Budgets::default()).unwrap_or_else(|findings| panic!("{findings}"))
}

/// The value a node is.
pub(crate) fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(node.boolean().expect("a truth value")),
        Kind::Number => serde_json::from_str(node.written()).expect("a number of JSON"),
        Kind::Text => Value::String(node.text().expect("text").to_owned()),
        Kind::List => Value::Array(node.items().map(value).collect()),
        Kind::Object => {
            let member = |(key, of): (Node<'_>, Node<'_>)| (key.written().to_owned(), value(of));
            Value::Object(node.members().map(member).collect())
        }
    }
}

fn says(text: &str, expected: &Value) {
    assert_eq!(&value(document(text).root()), expected, "{text}");
}

#[test]
fn json_is_read_as_it_is_meant() {
    let text = r#" { "a": [1, -2.5e3, true, false, null, "x\u00e9\n"], "b\/c": {}, "d": [] } "#;
    says(text, &serde_json::from_str(text).expect("JSON"));
    assert_eq!(document(text).format(), Format::Json);
}

#[test]
fn yaml_is_read_with_the_core_schema() {
    let text = "\
# a comment
text: plain words
quoted: 'it''s'
escaped: \"a\\tb\"
number: 1.5
numbers: [1, -2]
truth: true
nothing: ~
missing:
not a truth: yes
200: a number as a key
literal: |
  two
  lines
folded: >-
  one
  line
list:
- {a: b}
-
  - nested
empty: {}
";
    let expected = serde_json::json!({
        "text": "plain words", "quoted": "it's", "escaped": "a\tb", "number": 1.5,
        "numbers": [1, -2], "truth": true, "nothing": null, "missing": null,
        "not a truth": "yes", "200": "a number as a key", "literal": "two\nlines\n",
        "folded": "one line", "list": [{"a": "b"}, ["nested"]], "empty": {},
    });
    says(text, &expected);
    assert_eq!(document(text).format(), Format::Yaml);
}

#[test]
fn yaml_keeps_its_meaning_with_other_line_ends_and_letters() {
    let text = "ä: ö\r\nlist:\r\n  - '€'\r\n  - 𝄞 # é\r\n";
    says(text, &serde_json::json!({"ä": "ö", "list": ["€", "𝄞"]}));
}

#[test]
fn an_alias_repeats_what_its_anchor_names() {
    let text = "a: &a {x: [1, \"b\\n\"]}\nb: *a\nc: [*a, *a]\nd: &d text\ne: *d\n";
    let a = serde_json::json!({"x": [1, "b\n"]});
    let expected = serde_json::json!({"a": a, "b": a, "c": [a, a], "d": "text", "e": "text"});
    says(text, &expected);
    let document = document(text);
    let repeated = document.at("/c/1/x/0").expect("the repeated value");
    assert_eq!(repeated.pointer(), "/c/1/x/0");
    assert_eq!(repeated.place().line, 1);
}

#[test]
fn tags_of_the_core_schema_are_understood_and_others_refused() {
    let text = "a: !!str 12\nb: !!int \"12\"\nc: !!seq [x]\nd: ! 12\n";
    says(
        text,
        &serde_json::json!({"a": "12", "b": 12, "c": ["x"], "d": "12"}),
    );
    for bad in [
        "a: !!python/object:os.system x",
        "a: !own x",
        "a: !!int x",
        "a: !!map [x]",
    ] {
        assert_eq!(rules_of(&refused(bad)), [Rule::NotJson], "{bad}");
    }
}

#[test]
fn what_json_cannot_say_is_refused() {
    for bad in [
        "a: .nan",
        "a: -.inf",
        "? [a]\n: b",
        "? {a: b}\n: c",
        "a: 1\n---\nb: 2",
        "a: &a x\n*a : b",
        "a: &a [*a]",
    ] {
        assert_eq!(rules_of(&refused(bad)), [Rule::NotJson], "{bad}");
    }
    assert_eq!(rules_of(&refused("a: {<<: {b: c}}")), [Rule::MergeKey]);
}

#[test]
fn json_is_read_to_the_letter() {
    for bad in [
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":[1,]}",
        "{\"a\":1}}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "{,}",
        "{\"a\":[,]}",
        "{\"a\":nul}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1} // done",
        "{/* no */}",
        "{\"a\":1]",
        "{\"a\":True}",
    ] {
        assert_eq!(rules_of(&refused(bad)), [Rule::Syntax], "{bad}");
    }
}

#[test]
fn a_key_that_stands_twice_is_refused_in_small_and_in_large_objects() {
    let many: Vec<String> = (0..100).map(|number| format!("\"k{number}\":1")).collect();
    let large = format!("{{{},\"k\\u0037\":2}}", many.join(","));
    for bad in ["{\"a\":1,\"a\":1}", "a: 1\nb: 2\n'a': 3\n", &large] {
        assert_eq!(rules_of(&refused(bad)), [Rule::DuplicateKey], "{bad}");
    }
}

#[test]
fn members_and_items_are_found_in_small_and_in_large_containers() {
    let members: Vec<String> = (0..500)
        .map(|number| format!("\"k{number}\":{number}"))
        .collect();
    let items: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    let text = format!(
        "{{\"o\":{{{}}},\"l\":[{}]}}",
        members.join(","),
        items.join(",")
    );
    let document = document(&text);
    for number in 0..500 {
        for pointer in [format!("/o/k{number}"), format!("/l/{number}")] {
            let node = document.at(&pointer).expect("what stands there");
            assert_eq!(node.written(), number.to_string());
            assert_eq!(node.pointer(), pointer);
        }
    }
    for nothing in [
        "/o/k500", "/l/500", "/l/01", "/l/-1", "/l/+1", "/o/k1/x", "o",
    ] {
        assert_eq!(document.at(nothing), None, "{nothing}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over_and_mentioned() {
    let document = read("\u{feff}a: b".as_bytes(), &Budgets::default()).expect("a document");
    assert_eq!(rules_of(document.findings()), [Rule::ByteOrderMark]);
    assert_eq!(document.root().place().column, 1);
    assert_eq!(value(document.root()), serde_json::json!({"a": "b"}));
}
