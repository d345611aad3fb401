//! Alikeness: whether two schemas allow the same values, however they are written.
//!
//! References are followed, and what only describes (titles, examples) does not count. Cheap, and cautious: what is not
//! seen to be alike within a few steps is not.

use std::collections::BTreeSet;

use crate::{
    diff::{schema::pairs::Pairs, side::Schema},
    tree::{
        node::{Kind, Node},
        resolve::reference,
        slot::wide,
    },
};

/// Keywords that only describe.
const ANNOTATIONS: [&str; 7] = [
    "title",
    "description",
    "example",
    "examples",
    "externalDocs",
    "$comment",
    "default",
];

/// Keywords whose members have names of the document's own choice.
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];

/// The most nodes that are looked at to compare two schemas.
const LOOKS: usize = 2_000;

/// Whether a keyword only describes.
pub(crate) fn describes(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword)
}

/// Whether a keyword has the value that says as much as its absence.
pub(crate) fn is_empty(key: Node<'_>, value: Node<'_>) -> bool {
    match key.written() {
        "nullable" | "deprecated" | "readOnly" | "writeOnly" | "uniqueItems"
        | "allowEmptyValue" => value.boolean() == Some(false),
        "minLength" | "minItems" | "minProperties" => value.written() == "0",
        "pattern" | "format" => value.written().is_empty(),
        "required" | "enum" | "allOf" | "anyOf" | "oneOf" => value.items().next().is_none(),
        "properties" => value.members().next().is_none(),
        _ => false,
    }
}

/// Whether two schemas allow the same values.
pub(crate) fn schemas<'d>(pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
    let mut look = Look {
        left: LOOKS,
        open: Vec::new(),
    };
    let alike = look.schema(pairs, was, is);
    pairs.spend(LOOKS - look.left) && alike
}

/// Whether two schemas bind values alike, whatever types they allow.
pub(crate) fn bound_alike<'d>(pairs: &mut Pairs<'d>, was: Schema<'d>, is: Schema<'d>) -> bool {
    let binds = |key: &str| !describes(key) && !["type", "nullable", "items"].contains(&key);
    let bounds = |schema: Schema<'d>| {
        let members = schema.node.members();
        members.filter(move |(key, _)| binds(key.written()))
    };
    bounds(was).count() == bounds(is).count()
        && bounds(was).all(|(key, value)| {
            let other = is.node.get(key.written());
            other.is_some_and(|other| same(pairs, value, other))
        })
}

/// Whether two parts of the documents are written alike, and all that they refer to is.
pub(crate) fn same<'d>(pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
    let mut seen = BTreeSet::new();
    let mut unseen = vec![(was, is)];
    while let Some((was, is)) = unseen.pop() {
        let size = wide(was.after().saturating_sub(was.number()));
        if !pairs.hashed_alike(was, is) || !pairs.spend(size / 4) {
            return false;
        }
        if !pairs.base.likeness.holds_reference(was) {
            continue;
        }
        for (from, to) in references(was).zip(references(is)) {
            let (from, to) = (pairs.base.follow(from), pairs.revision.follow(to));
            if seen.insert((from.number(), to.number())) {
                unseen.push((from, to));
            }
        }
    }
    true
}

/// The references inside a node, in the order of their texts, so that those of nodes that are written alike but for
/// the order of their members stand side by side.
fn references(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut found: Vec<_> = node
        .inside()
        .filter(|it| reference(*it).is_some())
        .collect();
    found.sort_by_key(|it| reference(*it).map(Node::written));
    found.into_iter()
}

struct Look {
    left: usize,
    /// The pairs of references that are being followed; they are alike unless something else in them differs.
    open: Vec<(u32, u32)>,
}

impl Look {
    fn schema<'d>(&mut self, pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
        let (was, is) = (pairs.base.schema(was), pairs.revision.schema(is));
        let (was, is) = (was.place(), is.place());
        let pair = (was.number(), is.number());
        if pairs.written_alike(was, is) || self.open.contains(&pair) {
            return true;
        }
        self.open.push(pair);
        let alike = self.object(pairs, was, is, Keys::Keywords);
        self.open.pop();
        alike
    }

    fn object<'d>(
        &mut self,
        pairs: &mut Pairs<'d>,
        was: Node<'d>,
        is: Node<'d>,
        keys: Keys,
    ) -> bool {
        let counts = |key: &str| keys == Keys::Names || !describes(key);
        let members = |node: Node<'d>| node.members().filter(|(key, _)| counts(key.written()));
        was.kind() == is.kind()
            && members(was).count() == members(is).count()
            && members(was).all(|(key, value)| {
                let key = key.written();
                let other = is.get(key);
                other.is_some_and(|other| self.value(pairs, (key, keys), value, other))
            })
    }

    fn value<'d>(
        &mut self,
        pairs: &mut Pairs<'d>,
        (key, keys): (&str, Keys),
        was: Node<'d>,
        is: Node<'d>,
    ) -> bool {
        let Some(left) = self.left.checked_sub(1) else {
            return false;
        };
        self.left = left;
        match (was.kind(), is.kind()) {
            (Kind::Object, Kind::Object) if keys == Keys::Keywords && NAMED.contains(&key) => {
                self.object(pairs, was, is, Keys::Names)
            }
            (Kind::Object, Kind::Object) => self.schema(pairs, was, is),
            (Kind::List, Kind::List) => {
                let (mut one, mut other) = (was.items(), is.items());
                loop {
                    match (one.next(), other.next()) {
                        (None, None) => break true,
                        (Some(one), Some(other))
                            if self.value(pairs, ("", Keys::Keywords), one, other) => {}
                        _ => break false,
                    }
                }
            }
            (one, other) => one == other && was.written() == is.written(),
        }
    }
}

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    Keywords,
    Names,
}
