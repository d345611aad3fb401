//! Schemas made ready to check with: references are numbers, keywords are values.

use std::collections::BTreeMap;

use crate::tree::node::{Kind, Node};

use super::pattern::Pattern;

/// The number of a schema among all.
pub(super) type Id = usize;

/// All schemas that one edition needs.
#[derive(Debug, Default)]
pub(super) struct Schemas<'s> {
    pub(super) all: Vec<Schema<'s>>,
    /// Keywords and patterns that are not understood: none, as a test says.
    pub(super) not_understood: Vec<String>,
}

/// One schema.
#[derive(Debug, Default)]
pub(super) struct Schema<'s> {
    /// The definition it belongs to, as the schema names it.
    pub(super) title: &'s str,
    /// Whether nothing satisfies it.
    pub(super) never: bool,
    pub(super) kinds: Option<Kinds>,
    pub(super) checks: Vec<Check<'s>>,
}

/// What a schema asks of a value beyond its kind.
#[derive(Debug)]
pub(super) enum Check<'s> {
    Required(Vec<&'s str>),
    Values(Vec<(Kind, &'s str)>),
    Pattern(Pattern<'s>),
    Format(&'s str),
    LeastLength(usize),
    Least {
        bound: f64,
        inclusive: bool,
    },
    Items(Id),
    LeastItems(usize),
    Different,
    Contains {
        id: Id,
        least: usize,
        most: usize,
    },
    Members(Members<'s>),
    LeastMembers(usize),
    MostMembers(usize),
    Names(Id),
    Dependent(Vec<(&'s str, Id)>),
    Same(Id),
    All(Vec<Id>),
    Any(Vec<Id>),
    One(Vec<Id>),
    Not(Id),
    If {
        condition: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },
    /// The members that no other keyword has looked at.
    Rest(Id),
}

/// `properties`, `patternProperties` and `additionalProperties` of one schema.
#[derive(Debug, Default)]
pub(super) struct Members<'s> {
    pub(super) named: BTreeMap<&'s str, Id>,
    pub(super) patterns: Vec<(Pattern<'s>, Id)>,
    pub(super) others: Option<Id>,
}

impl<'s> Schemas<'s> {
    pub(super) fn get(&self, id: Id) -> Option<&Schema<'s>> {
        self.all.get(id)
    }

    /// Whether nothing satisfies a schema.
    pub(super) fn is_never(&self, id: Id) -> bool {
        self.get(id).is_some_and(|schema| schema.never)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}

/// A set of types of JSON Schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u8);

const NAMES: [(&str, u8); 7] = [
    ("null", 1),
    ("boolean", 2),
    ("integer", 4),
    ("number", 8),
    ("string", 16),
    ("array", 32),
    ("object", 64),
];

const WORDS: [&str; 7] = [
    "null",
    "true or false",
    "a whole number",
    "a number",
    "text",
    "a list",
    "an object",
];

impl Kinds {
    /// With one more type.
    pub(super) fn with(self, name: &str) -> Self {
        let bit = NAMES.iter().find(|(known, _)| *known == name);
        Self(self.0 | bit.map_or(0, |(_, bit)| *bit))
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
    pub(super) fn in_words(self) -> String {
        let bits = NAMES.iter().map(|(_, bit)| *bit);
        let words = bits.zip(WORDS).filter(|(bit, _)| self.0 & bit != 0);
        let words: Vec<&str> = words.map(|(_, word)| word).collect();
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
