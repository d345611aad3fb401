//! Values: `enum`, `const` and `default`.

use crate::{
    diff::{schema::reading::Reading, teller::Spots},
    report::cut,
    tree::node::{Kind, Node},
};

/// The most of a value that is told, in characters.
const TOLD: usize = 80;

pub(crate) fn read(reading: &mut Reading<'_, '_>) {
    enumerated(reading);
    extensible(reading);
    constant(reading);
    default(reading);
}

/// A value as it is told.
fn told(node: Node<'_>) -> String {
    let written = match node.kind() {
        Kind::List | Kind::Object => node.written(),
        Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => node.written(),
    };
    let (text, whole) = cut(written, TOLD);
    let end = if whole { "" } else { "…" };
    format!("`{text}{end}`")
}

/// The values of one list that are not in the other, both by their hashes; numbers by what they are worth.
fn beyond<'d>(
    list: impl Iterator<Item = Node<'d>>,
    others: &[Node<'d>],
    equal: impl Fn(Node<'d>, Node<'d>) -> bool,
) -> Vec<Node<'d>> {
    list.filter(|value| !others.iter().any(|other| equal(*value, *other)))
        .collect()
}

fn enumerated<'d>(reading: &mut Reading<'_, 'd>) {
    let (was, is) = (reading.was.get("enum"), reading.is.get("enum"));
    let values = |node: Option<Node<'d>>| node.into_iter().flat_map(Node::items);
    let (old, new): (Vec<_>, Vec<_>) = (values(was).collect(), values(is).collect());
    if !reading
        .pairs
        .spend(old.len().saturating_mul(new.len()) / 64)
    {
        return;
    }
    let spots = reading.spots("enum");
    if was.is_none() && !new.is_empty() {
        let text = "may only be one of the listed values now".to_owned();
        reading.fact("became-enum", text, spots);
    }
    let gone = beyond(values(was), &new, |old, new| {
        reading.pairs.hashed_alike(old, new)
    });
    for value in gone {
        let text = format!("may not be {} any more", told(value));
        let spots = Spots {
            base: Some(value),
            ..spots
        };
        reading.fact("enum-value-removed", text, spots);
    }
    let added = beyond(values(is), &old, |new, old| {
        reading.pairs.hashed_alike(old, new)
    });
    for value in added {
        let text = format!("may be {} now", told(value));
        let spots = Spots {
            revision: Some(value),
            ..spots
        };
        reading.fact("enum-value-added", text, spots);
    }
}

/// `x-extensible-enum`: values that may become more without breaking anybody.
fn extensible<'d>(reading: &mut Reading<'_, 'd>) {
    let keyword = "x-extensible-enum";
    let values = |node: Option<Node<'d>>| node.into_iter().flat_map(Node::items);
    let Some(is) = reading.is.get(keyword) else {
        return;
    };
    let new: Vec<_> = is.items().collect();
    let was = reading.was.get(keyword);
    let gone = beyond(values(was), &new, |old, new| {
        reading.pairs.hashed_alike(old, new)
    });
    let spots = reading.spots(keyword);
    for value in gone {
        let text = format!("has {} among its values no more", told(value));
        let spots = Spots {
            base: Some(value),
            ..spots
        };
        reading.fact("x-extensible-enum-value-removed", text, spots);
    }
}

fn constant(reading: &mut Reading<'_, '_>) {
    let names = ["const-added", "const-changed", "const-removed"];
    one(reading, "const", "may only be", names);
}

fn default(reading: &mut Reading<'_, '_>) {
    let names = [
        "default-value-added",
        "default-value-changed",
        "default-value-removed",
    ];
    one(reading, "default", "has the default", names);
}

/// A keyword with one value; `null` is as good as none.
fn one(reading: &mut Reading<'_, '_>, keyword: &str, says: &str, names: [&'static str; 3]) {
    let there = |node: &Node<'_>| node.kind() != Kind::Null;
    let was = reading.was.get(keyword).filter(there);
    let is = reading.is.get(keyword).filter(there);
    let spots = reading.spots(keyword);
    let [added, changed, removed] = names;
    match (was, is) {
        (None, Some(new)) => {
            let text = format!("{says} {} now", told(new));
            reading.fact(added, text, spots);
        }
        (Some(old), None) => {
            let text = format!("{says} {} no more", told(old));
            reading.fact(removed, text, spots);
        }
        (Some(old), Some(new)) if !reading.pairs.hashed_alike(old, new) => {
            let text = format!("{says} {} now, where it was {}", told(new), told(old));
            reading.fact(changed, text, spots);
        }
        (Some(_), Some(_)) | (None, None) => (),
    }
}
