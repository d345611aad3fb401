//! Choices: which branch a value was meant for when it satisfies none, so that what is told is what its author can mend, and
//! not that it is nothing at all.

use std::rc::Rc;

use crate::tree::node::Node;

use super::{
    compiled::{Check, Id},
    schemas::Schemas,
    violation::{Violation, What},
};

/// How little something has to do with a branch: its type, a member that names the kind of thing it is, one that only it
/// may have.
const OTHER_KIND: usize = 1_000;
const OTHER_NAME: usize = 10;
const OTHER_MEMBER: usize = 1;

/// What keeps a value from being the branch that comes closest.
pub(super) fn branch<'s, 'd>(
    mut failed: Vec<Vec<Violation<'s, 'd>>>,
    value: Node<'d>,
) -> Vec<Violation<'s, 'd>> {
    let common = common_values(&failed);
    let closest = failed
        .iter_mut()
        .min_by_key(|violations| distance(violations, value));
    let mut closest = closest.map(std::mem::take).unwrap_or_default();
    let Some((at, common)) = common else {
        return closest;
    };
    for violation in closest.iter_mut().filter(|it| it.node == at) {
        if let What::Value { values, .. } = &mut violation.what {
            *values = Rc::clone(&common);
        }
    }
    closest
}

/// How far a value is from a branch.
fn distance(violations: &[Violation<'_, '_>], value: Node<'_>) -> usize {
    let one = |violation: &Violation<'_, '_>| {
        let here = violation.node == value;
        let below = violation.node.parent() == Some(value);
        match &violation.what {
            What::Kind { .. } if here => OTHER_KIND,
            // Whoever writes no `$ref` did not mean a reference.
            What::Missing("$ref") if here => OTHER_KIND,
            What::Missing(_)
            | What::MissingBeside { .. }
            | What::MissingAll(_)
            | What::Value { .. }
                if here =>
            {
                OTHER_NAME
            }
            // A member that may only have one value names the kind of thing; one that has a choice describes it.
            What::Value { values, .. } if below && values.len() == 1 => OTHER_NAME,
            What::Value { .. } if below => OTHER_MEMBER,
            What::Unknown { .. } if below => OTHER_MEMBER,
            _ => 0,
        }
    };
    violations.iter().map(one).sum()
}

/// The members of which one must be there, when that is all that the branches ask.
pub(super) fn missing_all<'s, 'd>(
    failed: &[Vec<Violation<'s, 'd>>],
    value: Node<'d>,
) -> Option<What<'s, 'd>> {
    let only = |violations: &Vec<Violation<'s, 'd>>| match violations.as_slice() {
        [
            Violation {
                node,
                what: What::Missing(name),
            },
        ] if *node == value => Some(*name),
        _ => None,
    };
    let names: Option<Vec<&str>> = failed.iter().map(only).collect();
    names.filter(|names| names.len() > 1).map(What::MissingAll)
}

/// The values that all branches together allow, when each asks for another one at the same place.
fn common_values<'s, 'd>(failed: &[Vec<Violation<'s, 'd>>]) -> Option<(Node<'d>, Rc<[Node<'s>]>)> {
    let of = |violations: &Vec<Violation<'s, 'd>>| {
        let mut values = violations.iter().filter_map(|it| match &it.what {
            What::Value { values, .. } => Some((it.node, Rc::clone(values))),
            _ => None,
        });
        values.next()
    };
    let (at, first) = of(failed.first()?)?;
    let mut all = first.to_vec();
    for violations in failed.iter().skip(1) {
        let (other, values) = of(violations)?;
        if other != at {
            return None;
        }
        for value in values.iter() {
            let is_known = |known: &Node<'s>| {
                (known.kind(), known.written()) == (value.kind(), value.written())
            };
            if !all.iter().any(is_known) {
                all.push(*value);
            }
        }
    }
    Some((at, all.into()))
}

/// The members by which a value is of several of these kinds.
pub(super) fn names<'s>(schemas: &Schemas<'s>, branches: &[Id], value: Node<'_>) -> Vec<&'s str> {
    let mut names = Vec::new();
    for branch in branches {
        for check in &schemas.get(*branch).checks {
            if let Check::Required(required) = check {
                let there = required.iter().map(|it| it.name);
                names.extend(there.filter(|name| value.get(name).is_some()));
            }
        }
    }
    names
}
