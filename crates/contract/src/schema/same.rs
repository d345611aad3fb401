//! Sameness: whether two values say the same, and whether a list holds one twice.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{
    fuel::Fuel,
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// The number that is written; what is too large for one is infinite.
pub(super) fn number(node: Node<'_>) -> f64 {
    node.written().parse().unwrap_or(f64::NAN)
}

/// Whether two values, of whichever document, are the same; members in any order.
pub(super) fn is_same(one: Node<'_>, other: Node<'_>, fuel: &Fuel) -> bool {
    if !fuel.burn(1) {
        return true;
    }
    if one.kind() != other.kind() {
        return false;
    }
    match one.kind() {
        Kind::Null => true,
        Kind::Boolean => one.boolean() == other.boolean(),
        Kind::Text => one.written() == other.written(),
        Kind::Number => number(one) == number(other),
        Kind::List => {
            let (mut left, mut right) = (one.items(), other.items());
            loop {
                match (left.next(), right.next()) {
                    (Some(left), Some(right)) if is_same(left, right, fuel) => {}
                    (None, None) => return true,
                    _ => return false,
                }
            }
        }
        Kind::Object => {
            let count = one.members().count() == other.members().count();
            let has = |(key, value): (Node<'_>, Node<'_>)| {
                let twin = other.get(key.written());
                twin.is_some_and(|twin| is_same(value, twin, fuel))
            };
            count && one.members().all(has)
        }
    }
}

/// Whether an item of a list stands in it before.
pub(super) fn is_repeated<'d>(list: Node<'d>, view: View<'d>, fuel: &Fuel) -> bool {
    // By a hash of what they hold, so that only those that may be the same are compared.
    let mut hashes = Vec::with_capacity(list.items().count());
    for item in view.items(list) {
        hashes.push((hash(item, fuel), item.number()));
    }
    hashes.sort_unstable();
    let document = view.document();
    let twins = hashes.iter().zip(hashes.iter().skip(1));
    let mut alike = twins.filter(|((one, _), (other, _))| one == other);
    let same = |((_, one), (_, other)): (&(u64, u32), &(u64, u32))| {
        is_same(document.node(*one), document.node(*other), fuel)
    };
    let repeated = alike.any(same);
    repeated && !fuel.is_out()
}

/// The same for values that are the same.
fn hash(node: Node<'_>, fuel: &Fuel) -> u64 {
    let mut hasher = DefaultHasher::new();
    if !fuel.burn_for(node.text().unwrap_or_default()) {
        return 0;
    }
    match node.kind() {
        Kind::Null => 0_u8.hash(&mut hasher),
        Kind::Boolean => node.boolean().hash(&mut hasher),
        // Zero has two signs and is one number.
        Kind::Number => (number(node) + 0.0).to_bits().hash(&mut hasher),
        Kind::Text => node.written().hash(&mut hasher),
        Kind::List => {
            1_u8.hash(&mut hasher);
            for item in node.items() {
                hash(item, fuel).hash(&mut hasher);
            }
        }
        Kind::Object => {
            let member = |(key, value): (Node<'_>, Node<'_>)| {
                let mut hasher = DefaultHasher::new();
                key.written().hash(&mut hasher);
                hash(value, fuel).hash(&mut hasher);
                hasher.finish()
            };
            let members = node.members().map(member);
            members.fold(2_u64, u64::wrapping_add).hash(&mut hasher);
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budgets, read::read};

    fn repeated(list: &str) -> bool {
        let document = read(list.as_bytes(), &Budgets::default()).expect("a list");
        let fuel = Fuel::of(1_000_000);
        is_repeated(document.root(), View::written(&document), &fuel)
    }

    #[test]
    fn a_list_holds_something_twice_however_it_is_written() {
        for twice in [
            "[a, b, 'a']",
            "[1, 1.0]",
            "[0, -0.0]",
            "[null, ~]",
            "[{a: 1, b: [x]}, {}, {b: [x], a: 1e0}]",
        ] {
            assert!(repeated(twice), "{twice}");
        }
        for apart in [
            "[]",
            "[a, b]",
            "[1, '1', true, 'true']",
            "[[], {}]",
            "[{a: 1, b: 2}, {a: 2, b: 1}]",
            "[[a, b], [b, a]]",
        ] {
            assert!(!repeated(apart), "{apart}");
        }
    }

    #[test]
    fn without_fuel_nothing_is_told_twice() {
        let document = read(b"[[a], [a]]", &Budgets::default()).expect("a list");
        let fuel = Fuel::of(2);
        let view = View::written(&document);
        assert!(!is_repeated(document.root(), view, &fuel));
    }
}
