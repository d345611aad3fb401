//! The types of JSON Schema.

use crate::tree::node::{Kind, Node};

/// A set of types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

/// The types, each with its bit and its words.
const NAMES: [(&str, u8, &str); 7] = [
    ("null", 1, "null"),
    ("boolean", 2, "true or false"),
    ("integer", 4, "a whole number"),
    ("number", 8, "a number"),
    ("string", 16, "text"),
    ("array", 32, "a list"),
    ("object", 64, "an object"),
];

impl Kinds {
    /// The types that the value of a `type` names; nothing when that is no way to name them.
    pub(super) fn of(written: Node<'_>) -> Option<Self> {
        match written.kind() {
            Kind::Text => Some(Self::default().with(written.written())),
            Kind::List => {
                let names = written.items().map(Node::written);
                Some(names.fold(Self::default(), Self::with))
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Object => None,
        }
    }

    /// With one more type.
    pub(super) fn with(self, name: &str) -> Self {
        let bit = NAMES.iter().find(|(known, ..)| *known == name);
        Self(self.0 | bit.map_or(0, |(_, bit, _)| *bit))
    }

    /// Whether a value is of one of them.
    pub(super) fn hold(self, node: Node<'_>) -> bool {
        let bits = match node.kind() {
            Kind::Null => 1,
            Kind::Boolean => 2,
            Kind::Number if is_whole(node.written()) => 4 | 8,
            Kind::Number => 8,
            Kind::Text => 16,
            Kind::List => 32,
            Kind::Object => 64,
        };
        self.0 & bits != 0
    }

    /// The types in words: "text or a list".
    pub(crate) fn in_words(self) -> String {
        let words = NAMES.iter().filter(|(_, bit, _)| self.0 & bit != 0);
        let words: Vec<&str> = words.map(|(.., words)| *words).collect();
        words.join(" or ")
    }
}

/// Whether a number has no fraction.
fn is_whole(written: &str) -> bool {
    let plain = written
        .bytes()
        .all(|byte| byte == b'-' || byte.is_ascii_digit());
    plain
        || written
            .parse::<f64>()
            .is_ok_and(|number| number.fract() == 0.0)
}
