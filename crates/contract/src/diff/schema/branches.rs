//! Branches: `oneOf`, `anyOf` and `allOf`, and the discriminator that chooses among them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diff::{
        schema::{Step, What, alike, reading::Reading, some_of},
        side::Schema,
        teller::Spots,
    },
    tree::node::{Kind, Node},
};

/// Lists longer than this are matched by name and likeness alone.
const MATCHED: usize = 200;

/// The names of the facts of one keyword.
struct Names {
    keyword: &'static str,
    added: &'static str,
    removed: &'static str,
    /// The same for branches that only describe, which only `allOf` tells apart.
    idle: Option<(&'static str, &'static str)>,
}

const KEYWORDS: [Names; 3] = [
    Names {
        keyword: "oneOf",
        added: "one-of-added",
        removed: "one-of-removed",
        idle: None,
    },
    Names {
        keyword: "anyOf",
        added: "any-of-added",
        removed: "any-of-removed",
        idle: None,
    },
    Names {
        keyword: "allOf",
        added: "all-of-added",
        removed: "all-of-removed",
        idle: Some((
            "all-of-added-annotation-only",
            "all-of-removed-annotation-only",
        )),
    },
];

/// A schema among others.
#[derive(Clone, Debug)]
struct Branch<'d> {
    node: Node<'d>,
    schema: Schema<'d>,
    /// Its place among them, from 1.
    number: usize,
}

impl<'d> Branch<'d> {
    fn title(&self) -> Option<&'d str> {
        self.schema.text("title")
    }

    fn told(&self) -> String {
        match (self.schema.reference, self.title()) {
            (Some(reference), _) => reference.to_owned(),
            (None, Some(title)) => format!("#{}: {title}", self.number),
            (None, None) => format!("#{}", self.number),
        }
    }

    /// Whether it says nothing of the values that are allowed.
    fn idle(&self) -> bool {
        let members = self.node.members();
        self.node.kind() == Kind::Object
            && members
                .into_iter()
                .all(|(key, value)| alike::describes(key.written()) || alike::is_empty(key, value))
    }
}

/// Follows the branches that both have, and tells those that only one has.
pub(crate) fn read(reading: &mut Reading<'_, '_>, wrapped: bool) {
    for names in &KEYWORDS {
        let left = compare(reading, names.keyword);
        if !wrapped {
            tell(reading, names, &left);
        } else if names.keyword == "oneOf" {
            let text = format!("is one of {} now", list(left.new.iter()));
            let spots = reading.spots(names.keyword);
            reading.push(What::Wrapped(text), spots);
        }
    }
    if !wrapped {
        discriminator(reading);
    }
}

/// Follows the branches that both have. What came and went, and how they are told apart, has been told otherwise, as a
/// list of types.
pub(crate) fn follow(reading: &mut Reading<'_, '_>) {
    for names in &KEYWORDS {
        compare(reading, names.keyword);
    }
}

/// Whether a schema with properties was put into a `oneOf` whole: it has none of its own any more, and the branches
/// have some of them.
pub(crate) fn wrapped_in_one_of(reading: &mut Reading<'_, '_>) -> bool {
    let (was, is) = (reading.was, reading.is);
    let has = |schema: Schema<'_>, keyword: &str| schema.get(keyword).is_some();
    if has(was, "oneOf") || !has(is, "oneOf") || has(is, "type") || has(is, "properties") {
        return false;
    }
    let inside = inside_one_of(reading);
    let mut properties = was.members("properties");
    properties.any(|(key, _)| inside.contains(key.written()))
}

/// The names of the properties that the branches of the revision's `oneOf` have.
pub(crate) fn inside_one_of<'d>(reading: &mut Reading<'_, 'd>) -> BTreeSet<&'d str> {
    let mut names = BTreeSet::new();
    for branch in reading.is.items("oneOf") {
        let branch = reading.pairs.revision.schema(branch);
        names.extend(branch.members("properties").map(|(key, _)| key.written()));
    }
    names
}

/// The branches of a keyword that have no partner.
#[derive(Default)]
struct Unmatched<'d> {
    old: Vec<Branch<'d>>,
    new: Vec<Branch<'d>>,
}

fn compare<'d>(reading: &mut Reading<'_, 'd>, keyword: &'static str) -> Unmatched<'d> {
    let mut left = Unmatched::default();
    for (place, node) in (1..).zip(reading.was.items(keyword)) {
        let schema = reading.pairs.base.schema(node);
        left.old.push(Branch {
            node,
            schema,
            number: place,
        });
    }
    for (place, node) in (1..).zip(reading.is.items(keyword)) {
        let schema = reading.pairs.revision.schema(node);
        left.new.push(Branch {
            node,
            schema,
            number: place,
        });
    }
    if left.old.is_empty() || left.new.is_empty() {
        return left;
    }
    let names = |one: &Branch<'_>, other: &Branch<'_>| {
        one.schema.reference.is_some() && one.schema.reference == other.schema.reference
    };
    let inline = |one: &Branch<'_>, other: &Branch<'_>| {
        one.schema.reference.is_none() && other.schema.reference.is_none()
    };
    left.pair_off(reading, keyword, |one, other| names(one, other));
    if left.old.len() <= MATCHED && left.new.len() <= MATCHED {
        left.drop_alike(reading);
    }
    let titled =
        |branch: &Branch<'_>| branch.schema.reference.is_none() && branch.title().is_some();
    let mut known = BTreeSet::new();
    left.pair_off(reading, keyword, |one, other| {
        titled(one) && titled(other) && one.title() == other.title() && known.insert(one.title())
    });
    let alone = |branches: &[Branch<'_>]| {
        let mut inline = branches.iter().filter(|it| it.schema.reference.is_none());
        inline.next().is_some_and(|it| it.title().is_none()) && inline.next().is_none()
    };
    if alone(&left.old) && alone(&left.new) {
        left.pair_off(reading, keyword, |one, other| inline(one, other));
    }
    left
}

impl<'d> Unmatched<'d> {
    /// Pairs each old branch with the first new one that fits, and follows them.
    fn pair_off(
        &mut self,
        reading: &mut Reading<'_, 'd>,
        keyword: &'static str,
        mut fits: impl FnMut(&Branch<'d>, &Branch<'d>) -> bool,
    ) {
        let mut rest = Vec::new();
        for old in std::mem::take(&mut self.old) {
            let found = self.new.iter().position(|new| fits(&old, new));
            match found {
                Some(at) => {
                    let new = self.new.remove(at);
                    let pair = reading.pairs.pair(old.node, new.node);
                    let step = Step::Member(keyword, old.told());
                    reading.pair.links.push((step, pair));
                }
                None => rest.push(old),
            }
        }
        self.old = rest;
    }

    /// Drops what stands on both sides: schemas that are the same, and references that lead to what stands on the other
    /// side itself.
    fn drop_alike(&mut self, reading: &mut Reading<'_, 'd>) {
        let around = (reading.was.place(), reading.is.place());
        let mut rest = Vec::new();
        for old in std::mem::take(&mut self.old) {
            let fits = |new: &Branch<'d>| {
                let (was, is) = (old.node, new.node);
                match (old.schema.reference, new.schema.reference) {
                    (None, None) => alike::identical(reading.pairs, around, was, is),
                    (Some(_), Some(_)) => false,
                    (Some(_), None) | (None, Some(_)) => alike::schemas(reading.pairs, was, is),
                }
            };
            let found = self.new.iter().position(fits);
            match found {
                Some(at) => {
                    self.new.remove(at);
                }
                None => rest.push(old),
            }
        }
        self.old = rest;
    }
}

fn list<'b, 'd: 'b>(branches: impl Iterator<Item = &'b Branch<'d>>) -> String {
    some_of(branches.map(Branch::told))
}

/// Tells what came and went, each at the first branch of it.
fn tell<'d>(reading: &mut Reading<'_, 'd>, names: &Names, left: &Unmatched<'d>) {
    let apart = names.idle.is_some();
    let (whole, keyword) = (reading.spots(names.keyword), names.keyword);
    let mut tell = |name: &'static str, idle: bool, branches: &[Branch<'d>], when, at: At<'d>| {
        let kept = branches
            .iter()
            .filter(|branch| (apart && branch.idle()) == idle);
        let told = list(kept.clone());
        if let Some(first) = kept.map(|branch| branch.node).next() {
            let text = format!("has {told} under `{keyword}` {when}");
            reading.fact(name, text, at(first, whole));
        }
    };
    let idle = names.idle.map(|(added, removed)| (true, added, removed));
    let all = [Some((false, names.added, names.removed)), idle];
    for (idle, added, removed) in all.into_iter().flatten() {
        tell(added, idle, &left.new, "now", in_revision);
        tell(removed, idle, &left.old, "no more", in_base);
    }
}

/// The spots of a list of which a member came or went.
type At<'d> = fn(Node<'d>, Spots<'d>) -> Spots<'d>;

fn in_base<'d>(node: Node<'d>, list: Spots<'d>) -> Spots<'d> {
    Spots {
        base: Some(node),
        ..list
    }
}

fn in_revision<'d>(node: Node<'d>, list: Spots<'d>) -> Spots<'d> {
    Spots {
        revision: Some(node),
        ..list
    }
}

fn discriminator(reading: &mut Reading<'_, '_>) {
    let keyword = "discriminator";
    let spots = reading.spots(keyword);
    let (was, is) = (reading.was.object(keyword), reading.is.object(keyword));
    let (was, is) = match (was, is) {
        (None, None) => return,
        (None, Some(_)) => {
            let text = "has a discriminator now".to_owned();
            return reading.fact("discriminator-added", text, spots);
        }
        (Some(_), None) => {
            let text = "has no discriminator any more".to_owned();
            return reading.fact("discriminator-removed", text, spots);
        }
        (Some(was), Some(is)) => (was, is),
    };
    let name = |node: Node<'_>| {
        node.get("propertyName")
            .map(|name| name.written().to_owned())
    };
    let (from, to) = (name(was).unwrap_or_default(), name(is).unwrap_or_default());
    if from != to {
        let text = format!("is told apart by `{to}` now, where it was `{from}`");
        let spots = Spots::member(was, is, "propertyName");
        reading.fact("discriminator-property-name-changed", text, spots);
    }
    mapping(reading, was, is);
}

fn mapping<'d>(reading: &mut Reading<'_, 'd>, was: Node<'d>, is: Node<'d>) {
    let spots = Spots::member(was, is, "mapping");
    let members = |node: Node<'d>| node.get("mapping").into_iter().flat_map(Node::members);
    let keys = |node| {
        let keys = members(node).map(|(key, _)| (key.written(), key));
        keys.collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (keys(was), keys(is));
    let mut tell = |name, when, beyond: Vec<(&str, Node<'d>)>, at: At<'d>| {
        if let Some((_, first)) = beyond.first() {
            let names = some_of(beyond.iter().map(|(name, _)| name));
            let text = format!("maps the discriminator's {names} {when}");
            reading.fact(name, text, at(*first, spots));
        }
    };
    let mut added = new.clone();
    added.retain(|name, _| !old.contains_key(name));
    let added = added.into_iter().collect();
    tell("discriminator-mapping-added", "now", added, in_revision);
    let mut gone = old;
    gone.retain(|name, _| !new.contains_key(name));
    let gone = gone.into_iter().collect();
    tell("discriminator-mapping-deleted", "no more", gone, in_base);
    for (key, value) in members(was) {
        let name = key.written();
        let revised = is.get("mapping").and_then(|mapping| mapping.get(name));
        let Some(to) = revised
            .map(Node::written)
            .filter(|to| *to != value.written())
        else {
            continue;
        };
        let from = value.written();
        let text =
            format!("maps the discriminator's `{name}` to `{to}` now, where it was `{from}`");
        let spots = Spots {
            base: Some(value),
            revision: revised,
        };
        reading.fact("discriminator-mapping-changed", text, spots);
    }
}
