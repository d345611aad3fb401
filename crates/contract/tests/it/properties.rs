//! What holds for every upload: no bytes panic, and every node of a tree knows where it is.

use gatewright_contract::{Budgets, Kind, Node, examine, read};
use proptest::prelude::*;
use serde_json::Value;

use crate::reading::value;

pub(crate) const BUDGETS: Budgets = Budgets {
    bytes: 1_000_000,
    depth: 64,
    nodes: 10_000,
    repeated_nodes: 1_000,
    anchors: 100,
    reference_chain: 100,
    paths: 1_000,
    operations: 1_000,
    parameters: 1_000,
    scopes: 1_000,
};

/// Words that YAML and OpenAPI give a meaning to.
const WORDS: [&str; 64] = [
    "a",
    "b: ",
    ": ",
    "- ",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "\t",
    "#",
    "&a ",
    "*a",
    "&b",
    "*b ",
    "!",
    "!!str ",
    "!x",
    "|",
    ">",
    "|-\n",
    ">+2\n",
    "'",
    "\"",
    "\\",
    "\\u",
    "%",
    "@",
    "`",
    "---",
    "...",
    "\r\n",
    "\r",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "ö",
    "𝄞",
    "<<",
    "~",
    "null",
    "true",
    "1",
    "-",
    "0x1f",
    ".nan",
    "openapi: 3.1.0\n",
    "info:",
    "paths:",
    "/a/{b}",
    "get:",
    "$ref: ",
    "#/paths",
    "security:",
    "components:",
    "securitySchemes:",
    "parameters:",
    "\0",
    "\"a\":",
];

/// A whole document to cut to pieces.
const WHOLE: &str = "openapi: 3.1.0\ninfo: {title: Ördérs, version: '1'}\nsecurity: [s: [read]]\n\
    components:\n  securitySchemes:\n    s: {type: oauth2, flows: {implicit: {scopes: {read: \"x\\n\"}}}}\n\
    paths:\n  /a/{b}: &a\n    parameters: [{$ref: '#/x/0'}]\n    get: {responses: {200: {}}}\n\
    x:\n  - {in: path, name: b, required: true}\n  - *a\n  - |\n    text\n";

pub(crate) fn words() -> impl Strategy<Value = String> {
    let word = (0..WORDS.len()).prop_map(|number| WORDS[number]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Not any `f64`: `serde_json` itself does not read all of them back to the last bit.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 200, 30, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..30).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..30).prop_map(Value::from_iter),
        ]
    })
}

/// Whatever is found has a place in the text, and whatever is read knows its own.
fn is_sound(text: &str) {
    let lines = text.split('\n').count();
    match examine(text.as_bytes(), &BUDGETS) {
        Ok(examined) => assert!(!examined.findings.has_errors()),
        Err(findings) => {
            assert!(findings.has_errors());
            for finding in findings.as_slice() {
                assert!(finding.line >= 1 && finding.column >= 1);
                assert!(
                    usize::try_from(finding.line).expect("a line") <= lines,
                    "{finding}"
                );
            }
        }
    }
    if let Ok(document) = read(text.as_bytes(), &BUDGETS) {
        knows_its_place(
            document.root(),
            text.strip_prefix('\u{feff}').unwrap_or(text),
        );
    }
}

fn knows_its_place(node: Node<'_>, text: &str) {
    let span = node.span();
    let written = text.get(span.clone()).expect("a span is cut at characters");
    if let (Kind::Number | Kind::Boolean, false) = (node.kind(), written.is_empty()) {
        assert_eq!(written, node.written());
    }
    for (key, value) in node.members() {
        assert_eq!(node.get(key.written()), Some(value));
        assert_eq!(value.key(), Some(key));
        assert_eq!(key.pointer(), value.pointer());
        knows_its_place(value, text);
    }
    for item in node.items() {
        assert_eq!(item.parent(), Some(node));
        knows_its_place(item, text);
    }
}

/// Every pointer leads back to its node.
fn pointers_lead_back(document: &gatewright_contract::Document<'_>, node: Node<'_>) {
    assert_eq!(
        document.at(&node.pointer()).map(Node::span),
        Some(node.span())
    );
    for (_, value) in node.members() {
        pointers_lead_back(document, value);
    }
    for item in node.items() {
        pointers_lead_back(document, item);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = examine(&bytes, &BUDGETS);
    }

    #[test]
    fn no_words_of_yaml_panic(text in words()) {
        is_sound(&text);
        is_sound(&format!("{{{text}"));
    }

    #[test]
    fn no_damaged_document_panics(from in 0..WHOLE.len(), to in 0..WHOLE.len(), text in words()) {
        let start = WHOLE.get(..from.min(to)).unwrap_or_default();
        let end = WHOLE.get(from.max(to)..).unwrap_or_default();
        is_sound(&format!("{start}{text}{end}"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn json_comes_out_as_it_went_in(json in json()) {
        let text = format!("{{\"it\":{json}}}");
        let document = read(text.as_bytes(), &BUDGETS).expect("a document of JSON");
        prop_assert_eq!(value(document.at("/it").expect("it")), json.clone());
        pointers_lead_back(&document, document.root());
        let pretty = format!("{{\"it\":{}}}", serde_json::to_string_pretty(&json).expect("JSON"));
        let document = read(pretty.as_bytes(), &BUDGETS).expect("a document of JSON");
        prop_assert_eq!(value(document.at("/it").expect("it")), json);
    }
}
