//! What the targets about contracts have in common.

use gatewright_contract::{Document, Kind, Node};
use serde_json::Value;

/// Seeds: small documents that use much of what there is, each in an edition of its own.
pub const SEEDS: [(&str, &str); 4] = [
    ("swagger", include_str!("../seeds/swagger.yaml")),
    ("three", include_str!("../seeds/three.yaml")),
    ("json", include_str!("../seeds/one.json")),
    ("two", include_str!("../seeds/two.yaml")),
];

/// How many nodes are looked for by their pointers; each look-up walks from the root.
const LOOKED_FOR: usize = 2_000;

/// Demands that every node is found again under its pointer, inside the text; gives how many there are.
pub fn holds_together(document: &Document<'_>) -> usize {
    let mut nodes = 0;
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        nodes += 1;
        let place = node.place();
        assert!(place.line > 0 && place.column > 0);
        if nodes < LOOKED_FOR {
            assert_eq!(document.at(&node.pointer()), Some(node));
        }
        for (key, value) in node.members() {
            nodes += 1;
            assert_eq!(key.parent(), Some(node));
            open.push(value);
        }
        open.extend(node.items());
    }
    nodes
}

/// Whether a node says what another reader has read.
pub fn says_the_same(node: Node<'_>, other: &Value) -> bool {
    match other {
        Value::Null => node.kind() == Kind::Null,
        Value::Bool(truth) => node.boolean() == Some(*truth),
        Value::Number(number) => {
            let own: Option<f64> = node.written().parse().ok();
            node.kind() == Kind::Number && own == number.as_f64()
        }
        Value::String(text) => node.text() == Some(text),
        Value::Array(items) => {
            node.kind() == Kind::List
                && node.items().count() == items.len()
                && node
                    .items()
                    .zip(items)
                    .all(|(own, other)| says_the_same(own, other))
        }
        Value::Object(members) => {
            node.kind() == Kind::Object
                && node.members().count() == members.len()
                && node.members().all(|(key, own)| {
                    let other = members.get(key.written());
                    other.is_some_and(|other| says_the_same(own, other))
                })
        }
    }
}
