//! What does not hold in a value, told as rulesets expect it.

mod relevant;
mod wording;

use crate::{
    schema::violation::{Violation, What},
    tree::node::Node,
};

/// Something that does not hold, in words.
#[derive(Clone, Debug)]
pub(crate) struct Failure<'r> {
    pub(crate) at: Node<'r>,
    pub(crate) message: String,
    said: Said,
}

/// The keywords of failures that others tell better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    AnyOf,
    Enum,
    Another,
}

/// The failures worth telling, of everything that does not hold in a value.
pub(crate) fn told<'r>(violations: Vec<Violation<'_, 'r>>, value: Node<'r>) -> Vec<Failure<'r>> {
    let failures = violations.iter().map(failure);
    relevant::relevant(failures.collect(), value)
}

fn failure<'r>(violation: &Violation<'_, 'r>) -> Failure<'r> {
    let at = match violation.what {
        // Of a member that is not expected, the object around it is told.
        What::Unknown { key, .. } => key.parent().unwrap_or(key),
        _ => violation.node,
    };
    let said = match violation.what {
        What::NotAny => Said::AnyOf,
        What::Value {
            keyword: "enum", ..
        } => Said::Enum,
        _ => Said::Another,
    };
    Failure {
        at,
        message: wording::message(violation),
        said,
    }
}
