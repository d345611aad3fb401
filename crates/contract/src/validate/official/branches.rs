//! Choices (`oneOf`, `anyOf`): which branch a value was meant for when it satisfies none, so that what is told is what its
//! author can mend, and not that it is nothing at all.

use crate::tree::node::{Kind, Node};

use super::{
    check::{Checker, MOST, Out, Seen, Violation, What, told},
    schema::{Check, Id},
};

/// How little something has to do with a branch: its type, a member that names the kind of thing it is, one that only it
/// may have.
const OTHER_KIND: usize = 1_000;
const OTHER_NAME: usize = 10;
const OTHER_MEMBER: usize = 1;

/// Whether a value satisfies one of the branches; exactly one of them when that is asked.
pub(super) fn choose<'s, 'd>(
    checker: &Checker<'_, 's>,
    (branches, exactly_one): (&[Id], bool),
    node: Node<'d>,
    seen: &mut Seen,
    out: &mut Out<'_, 's, 'd>,
) -> bool {
    let mut satisfied = 0;
    let mut failed = Vec::new();
    for branch in branches {
        let mut own = seen.fresh();
        let mut violations = Vec::new();
        let mut here = match out {
            Out::Nowhere => Out::Nowhere,
            Out::Here(_) => Out::Here(&mut violations),
        };
        if checker.check(*branch, node, &mut own, &mut here) {
            seen.add(own);
            satisfied += 1;
        } else {
            failed.push(violations);
        }
    }
    match satisfied {
        1 => true,
        0 => none(failed, node, out),
        _ if exactly_one => several(checker, branches, node, out),
        _ => true,
    }
}

/// Tells what is wrong by the branch that comes closest.
fn none<'s, 'd>(
    mut failed: Vec<Vec<Violation<'s, 'd>>>,
    node: Node<'d>,
    out: &mut Out<'_, 's, 'd>,
) -> bool {
    let Out::Here(all) = out else {
        return false;
    };
    if let Some(what) = missing_all(&failed, node) {
        return told(out, node, what);
    }
    let values = common_values(&failed);
    let closest = failed
        .iter_mut()
        .min_by_key(|violations| distance(violations, node));
    if let Some(closest) = closest {
        if let Some((at, values)) = values {
            for violation in closest.iter_mut().filter(|it| it.node == at) {
                if let What::Value(_) = violation.what {
                    violation.what = What::Value(values.clone());
                }
            }
        }
        closest.truncate(MOST.saturating_sub(all.len()));
        all.append(closest);
    }
    false
}

/// How far a value is from a branch.
fn distance(violations: &[Violation<'_, '_>], node: Node<'_>) -> usize {
    let one = |violation: &Violation<'_, '_>| {
        let here = violation.node == node;
        let below = violation.node.parent() == Some(node);
        match violation.what {
            What::Kind(_) if here => OTHER_KIND,
            // Whoever writes no `$ref` did not mean a reference.
            What::Missing("$ref") if here => OTHER_KIND,
            What::Missing(_) | What::MissingAll(_) | What::Value(_) if here => OTHER_NAME,
            // A member that may only have one value names the kind of thing; one that has a choice describes it.
            What::Value(ref values) if below && values.len() == 1 => OTHER_NAME,
            What::Value(_) if below => OTHER_MEMBER,
            What::Unknown { .. } if below => OTHER_MEMBER,
            _ => 0,
        }
    };
    violations.iter().map(one).sum()
}

/// The members of which one must be there, when that is all that the branches ask.
fn missing_all<'s, 'd>(failed: &[Vec<Violation<'s, 'd>>], node: Node<'d>) -> Option<What<'s, 'd>> {
    let mut names = Vec::with_capacity(failed.len());
    for violations in failed {
        let [
            Violation {
                node: at,
                what: What::Missing(name),
                ..
            },
        ] = violations.as_slice()
        else {
            return None;
        };
        if *at != node {
            return None;
        }
        names.push(*name);
    }
    (names.len() > 1).then_some(What::MissingAll(names))
}

/// The values that all branches together allow, when each asks for another one at the same place.
fn common_values<'s, 'd>(
    failed: &[Vec<Violation<'s, 'd>>],
) -> Option<(Node<'d>, Vec<(Kind, &'s str)>)> {
    let of = |violations: &Vec<Violation<'s, 'd>>| {
        violations
            .iter()
            .find_map(|violation| match &violation.what {
                What::Value(values) => Some((violation.node, values.clone())),
                _ => None,
            })
    };
    let (at, mut all) = of(failed.first()?)?;
    for violations in failed.iter().skip(1) {
        let (other, values) = of(violations)?;
        if other != at {
            return None;
        }
        for value in values {
            if !all.contains(&value) {
                all.push(value);
            }
        }
    }
    Some((at, all))
}

/// Tells that a value is of several kinds, by the members that say so.
fn several<'s, 'd>(
    checker: &Checker<'_, 's>,
    branches: &[Id],
    node: Node<'d>,
    out: &mut Out<'_, 's, 'd>,
) -> bool {
    let mut names = Vec::new();
    for branch in branches {
        let checks = checker.schemas.get(*branch).map(|it| it.checks.as_slice());
        for check in checks.unwrap_or_default() {
            if let Check::Required(required) = check {
                names.extend(
                    required
                        .iter()
                        .filter(|name| node.get(name).is_some())
                        .copied(),
                );
            }
        }
    }
    let what = if names.len() > 1 {
        What::Together(names)
    } else {
        What::Several
    };
    told(out, node, what)
}
