//! Parts: keywords that hold schemas, other than properties and branches.

use crate::{
    diff::{
        schema::{Step, reading::Reading, some_of},
        teller::Spots,
    },
    tree::node::{Kind, Node},
};

/// Keywords that hold one schema, with the names of the facts that they came and went, if they have some.
const SINGLE: [(&str, &str, &str); 11] = [
    ("items", "", ""),
    ("additionalProperties", "", ""),
    ("not", "", ""),
    ("contains", "contains-added", "contains-removed"),
    ("if", "if-added", "if-removed"),
    ("then", "then-added", "then-removed"),
    ("else", "else-added", "else-removed"),
    (
        "propertyNames",
        "property-names-added",
        "property-names-removed",
    ),
    (
        "contentSchema",
        "content-schema-added",
        "content-schema-removed",
    ),
    (
        "unevaluatedItems",
        "unevaluated-items-added",
        "unevaluated-items-removed",
    ),
    (
        "unevaluatedProperties",
        "unevaluated-properties-added",
        "unevaluated-properties-removed",
    ),
];

/// Keywords that hold schemas by name.
const NAMED: [(&str, &str, &str, &str); 2] = [
    (
        "patternProperties",
        "pattern-property-added",
        "pattern-property-removed",
        "properties that match",
    ),
    (
        "dependentSchemas",
        "dependent-schema-added",
        "dependent-schema-removed",
        "a schema that depends on",
    ),
];

/// Whether a keyword holds one schema.
pub(crate) fn holds_a_schema(keyword: &str) -> bool {
    SINGLE.iter().any(|(single, ..)| *single == keyword)
}

pub(crate) fn read(reading: &mut Reading<'_, '_>) {
    for (keyword, added, removed) in SINGLE {
        single(reading, keyword, added, removed);
    }
    for (keyword, added, removed, says) in NAMED {
        named(reading, keyword, (added, removed), says);
    }
    prefix_items(reading);
    dependent_required(reading);
}

fn single(
    reading: &mut Reading<'_, '_>,
    keyword: &'static str,
    added: &'static str,
    removed: &'static str,
) {
    let (was, is) = (reading.was.object(keyword), reading.is.object(keyword));
    let spots = reading.spots(keyword);
    match (was, is) {
        (Some(was), Some(is)) => {
            let pair = reading.pairs.pair(was, is);
            reading.pair.links.push((Step::Keyword(keyword), pair));
        }
        (None, Some(_)) if !added.is_empty() => {
            let text = format!("is bound by `{keyword}` now");
            reading.fact(added, text, spots);
        }
        (Some(_), None) if !removed.is_empty() => {
            let text = format!("is bound by `{keyword}` no more");
            reading.fact(removed, text, spots);
        }
        (None | Some(_), None) | (None, Some(_)) => (),
    }
}

fn named(
    reading: &mut Reading<'_, '_>,
    keyword: &'static str,
    (added, removed): (&'static str, &'static str),
    says: &str,
) {
    let (was, is) = (reading.was, reading.is);
    for (key, value) in was.members(keyword) {
        let name = key.written();
        match is.object(keyword).and_then(|all| all.get(name)) {
            Some(revised) => {
                let pair = reading.pairs.pair(value, revised);
                let step = Step::Member(keyword, name.to_owned());
                reading.pair.links.push((step, pair));
            }
            None => {
                let text = format!("has {says} `{name}` no more");
                reading.fact(removed, text, Spots::gone(key));
            }
        }
    }
    for (key, _) in is.members(keyword) {
        let name = key.written();
        let known = was.object(keyword).and_then(|all| all.get(name));
        if known.is_none() {
            let text = format!("has {says} `{name}` now");
            reading.fact(added, text, Spots::new(key));
        }
    }
}

fn prefix_items(reading: &mut Reading<'_, '_>) {
    let keyword = "prefixItems";
    let (was, is) = (reading.was, reading.is);
    let (mut old, mut new) = (was.items(keyword), is.items(keyword));
    let (mut gone, mut added) = (0, 0);
    // At the first item that came or went.
    let mut spots = reading.spots(keyword);
    for number in 1.. {
        match (old.next(), new.next()) {
            (Some(from), Some(to)) => {
                let pair = reading.pairs.pair(from, to);
                let step = Step::Member(keyword, format!("#{number}"));
                reading.pair.links.push((step, pair));
            }
            (Some(from), None) => {
                gone += 1;
                spots.base = spots.base.filter(|_| gone > 1).or(Some(from));
            }
            (None, Some(to)) => {
                added += 1;
                spots.revision = spots.revision.filter(|_| added > 1).or(Some(to));
            }
            (None, None) => break,
        }
    }
    if added > 0 {
        let text = format!("begins with {added} more items under `{keyword}` now");
        reading.fact("prefix-items-added", text, spots);
    }
    if gone > 0 {
        let text = format!("begins with {gone} fewer items under `{keyword}` now");
        reading.fact("prefix-items-removed", text, spots);
    }
}

fn dependent_required(reading: &mut Reading<'_, '_>) {
    let keyword = "dependentRequired";
    let (was, is) = (reading.was, reading.is);
    let names = |list: Node<'_>| {
        let names = list.items().map(|name| name.written().to_owned());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let told = |names: &std::collections::BTreeSet<String>| some_of(names);
    for (key, value) in was.members(keyword) {
        let name = key.written();
        let (from, revised) = (
            names(value),
            is.object(keyword).and_then(|all| all.get(name)),
        );
        let Some(revised) = revised.filter(|list| list.kind() == Kind::List) else {
            let text = format!("need not have {} beside `{name}` any more", told(&from));
            reading.fact("dependent-required-removed", text, Spots::gone(key));
            continue;
        };
        let to = names(revised);
        if from != to {
            let (from, to) = (told(&from), told(&to));
            let text = format!("must have {to} beside `{name}` now, where it was {from}");
            let spots = Spots::both(value, revised);
            reading.fact("dependent-required-changed", text, spots);
        }
    }
    for (key, value) in is.members(keyword) {
        let name = key.written();
        if was.object(keyword).and_then(|all| all.get(name)).is_none() {
            let text = format!("must have {} beside `{name}` now", told(&names(value)));
            reading.fact("dependent-required-added", text, Spots::new(key));
        }
    }
}
