//! Sameness: whether two values say the same, and whether a list holds one twice.

use std::collections::BTreeSet;

use crate::tree::node::{Kind, Node};

/// So many scalars of a list, and so many of its objects and lists, are compared. Nobody writes more by hand, and each
/// object is compared with every other one.
const SCALARS: usize = 100_000;
const OTHERS: usize = 100;

/// Whether an item of a list stands in it before. Lists of objects are looked through when they are short.
pub(super) fn is_repeated(list: Node<'_>) -> bool {
    let mut scalars = BTreeSet::new();
    let mut others: Vec<Node<'_>> = Vec::new();
    for item in list.items() {
        let repeated = match item.kind() {
            Kind::List | Kind::Object => {
                let known = others.len() < OTHERS;
                let same = known && others.iter().any(|other| is_same(*other, item));
                if known {
                    others.push(item);
                }
                same
            }
            Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => {
                scalars.len() < SCALARS
                    && !scalars.insert((item.kind() == Kind::Text, item.written()))
            }
        };
        if repeated {
            return true;
        }
    }
    false
}

/// Whether two values say the same, members in any order.
fn is_same(one: Node<'_>, other: Node<'_>) -> bool {
    if one.kind() != other.kind() {
        return false;
    }
    match one.kind() {
        Kind::Object => {
            one.members().count() == other.members().count()
                && one.members().all(|(key, value)| {
                    let twin = other.get(key.written());
                    twin.is_some_and(|twin| is_same(value, twin))
                })
        }
        Kind::List => {
            one.items().count() == other.items().count()
                && one
                    .items()
                    .zip(other.items())
                    .all(|(one, other)| is_same(one, other))
        }
        Kind::Null | Kind::Boolean | Kind::Number | Kind::Text => one.written() == other.written(),
    }
}
