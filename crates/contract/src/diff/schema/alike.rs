//! Alikeness: whether two schemas say the same, however they are written.
//!
//! References are followed, the order of what is a set does not count, and a keyword that says as much as its absence is
//! absent. Cheap, and cautious: what is not seen to be alike within a few steps is not.

use std::collections::BTreeSet;

use crate::{
    diff::{
        likeness::Likeness,
        schema::{pairs::Pairs, parts::holds_a_schema},
        side::Schema,
    },
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

/// Keywords that hold schemas by names of the document's own choice.
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
    if value.kind() == Kind::Null {
        return true;
    }
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

/// The members of a schema that bind values, other than one keyword.
pub(crate) fn binds<'d>(
    members: impl Iterator<Item = (Node<'d>, Node<'d>)>,
    but: &str,
) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
    members.filter(move |(key, value)| {
        key.written() != but && !describes(key.written()) && !is_empty(*key, *value)
    })
}

/// Whether two schemas allow the same values, however they are described.
pub(crate) fn schemas<'d>(pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
    Look::take(pairs, Counts::Values, |look, pairs| {
        look.schema(pairs, was, is)
    })
}

/// Whether there is nothing between two schemas inside others, not even in their descriptions. What is between the
/// schemas around them is told of those.
pub(crate) fn identical<'d>(
    pairs: &mut Pairs<'d>,
    around: (Node<'d>, Node<'d>),
    was: Node<'d>,
    is: Node<'d>,
) -> bool {
    same(pairs, around, was, is)
        || Look::take(pairs, Counts::All, |look, pairs| {
            look.around = Some((around.0.number(), around.1.number()));
            look.schema(pairs, was, is)
        })
}

/// Whether two schemas bind values alike, whatever types they allow.
pub(crate) fn bound_alike<'d>(pairs: &mut Pairs<'d>, was: Schema<'d>, is: Schema<'d>) -> bool {
    let binds = |key: &str| !matches!(key, "type" | "nullable");
    Look::take(pairs, Counts::Values, |look, pairs| {
        look.keywords(pairs, was, is, binds)
    })
}

/// Whether two parts of the documents are written alike, and all that they refer to is, but for the schemas around them.
fn same<'d>(
    pairs: &mut Pairs<'d>,
    around: (Node<'d>, Node<'d>),
    was: Node<'d>,
    is: Node<'d>,
) -> bool {
    let around = (around.0.number(), around.1.number());
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
            if !(holds(from, around.0) && holds(to, around.1))
                && seen.insert((from.number(), to.number()))
            {
                unseen.push((from, to));
            }
        }
    }
    true
}

/// Whether a node is another, or that is inside it.
fn holds(node: Node<'_>, number: u32) -> bool {
    (node.number()..node.after()).contains(&number)
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

/// What counts between two schemas.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// All that they say.
    All,
    /// What they say of the values that are allowed.
    Values,
}

struct Look {
    counts: Counts,
    left: usize,
    /// The schemas that hold what is looked at. References that lead to what they stand in are alike.
    around: Option<(u32, u32)>,
    /// The pairs of references that are being followed; they are alike unless something else in them differs.
    open: Vec<(u32, u32)>,
}

impl Look {
    /// Looks as long as there are steps for it.
    fn take<'d>(
        pairs: &mut Pairs<'d>,
        counts: Counts,
        look: impl FnOnce(&mut Self, &mut Pairs<'d>) -> bool,
    ) -> bool {
        let mut it = Self {
            counts,
            left: LOOKS,
            around: None,
            open: Vec::new(),
        };
        let alike = look(&mut it, pairs);
        pairs.spend(LOOKS - it.left) && alike
    }

    /// Takes so many looks; whether there were as many left.
    fn spend(&mut self, looks: usize) -> bool {
        let left = self.left.checked_sub(looks);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    fn schema<'d>(&mut self, pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
        let (was, is) = (pairs.base.schema(was), pairs.revision.schema(is));
        let (from, to) = (was.place(), is.place());
        let pair = (from.number(), to.number());
        let around = |(old, new)| holds(from, old) && holds(to, new);
        if pairs.written_alike(from, to)
            || self.open.contains(&pair)
            || self.around.is_some_and(around)
        {
            return true;
        }
        self.open.push(pair);
        let alike = self.keywords(pairs, was, is, |_| true);
        self.open.pop();
        alike
    }

    /// Whether the keywords that bind are alike.
    fn keywords<'d>(
        &mut self,
        pairs: &mut Pairs<'d>,
        was: Schema<'d>,
        is: Schema<'d>,
        binds: impl Fn(&str) -> bool,
    ) -> bool {
        let counts = self.counts;
        let said = |schema: Schema<'d>| {
            schema.all().filter(|(key, value)| {
                let told = counts == Counts::All || !describes(key.written());
                told && binds(key.written()) && !is_empty(*key, *value)
            })
        };
        was.node.kind() == is.node.kind()
            && said(was).count() == said(is).count()
            && said(was).all(|(key, value)| {
                let other = is.get(key.written());
                other.is_some_and(|other| self.keyword(pairs, key.written(), value, other))
            })
    }

    fn keyword<'d>(
        &mut self,
        pairs: &mut Pairs<'d>,
        keyword: &str,
        was: Node<'d>,
        is: Node<'d>,
    ) -> bool {
        if !self.spend(1) {
            return false;
        }
        match (was.kind(), is.kind()) {
            (Kind::Object, Kind::Object) if NAMED.contains(&keyword) => self.named(pairs, was, is),
            (Kind::Object, Kind::Object) if holds_a_schema(keyword) => self.schema(pairs, was, is),
            (Kind::List, Kind::List) => match keyword {
                "oneOf" | "anyOf" | "allOf" => self.branches(pairs, was, is),
                "prefixItems" => {
                    was.items().count() == is.items().count()
                        && was
                            .items()
                            .zip(is.items())
                            .all(|(was, is)| self.schema(pairs, was, is))
                }
                "enum" | "required" | "type" => self.set(pairs, was, is),
                _ => pairs.hashed_alike(was, is),
            },
            (_, _) if keyword == "type" => self.set(pairs, was, is),
            (_, _) => pairs.hashed_alike(was, is),
        }
    }

    fn named<'d>(&mut self, pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
        was.members().count() == is.members().count()
            && was.members().all(|(key, value)| {
                let other = is.get(key.written());
                other.is_some_and(|other| match (value.kind(), other.kind()) {
                    (Kind::Object, Kind::Object) => {
                        self.spend(1) && self.schema(pairs, value, other)
                    }
                    (_, _) => pairs.hashed_alike(value, other),
                })
            })
    }

    /// Whether each schema of one list has a partner in the other. References are partners of the same name.
    fn branches<'d>(&mut self, pairs: &mut Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
        let mut new: Vec<_> = is.items().collect();
        if was.items().count() != new.len() {
            return false;
        }
        was.items().all(|old| {
            let named = reference(old).map(Node::written);
            let found = new.iter().position(|new| {
                let fits = match (named, reference(*new)) {
                    (Some(one), Some(other)) => one == other.written(),
                    (None, None) | (Some(_), None) | (None, Some(_)) => true,
                };
                fits && self.spend(1) && self.schema(pairs, old, *new)
            });
            found.map(|at| new.swap_remove(at)).is_some()
        })
    }

    /// Whether two lists hold the same values in any order; one value is a list of one.
    fn set<'d>(&mut self, pairs: &Pairs<'d>, was: Node<'d>, is: Node<'d>) -> bool {
        let of = |likeness: &Likeness, node: Node<'d>| {
            let alone = (node.kind() != Kind::List).then_some(node);
            let values = node.items().chain(alone);
            values
                .map(|value| likeness.hash(value))
                .collect::<BTreeSet<_>>()
        };
        let (was, is) = (
            of(&pairs.base.likeness, was),
            of(&pairs.revision.likeness, is),
        );
        self.spend(was.len() / 16) && was == is
    }
}
