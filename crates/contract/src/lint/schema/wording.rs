//! What is said of values that are not what a schema says.

use crate::{lint::message, tree::node::Node};

/// The most values that a message lists.
const LISTED: usize = 20;

pub(super) fn wrong_type(kind: Node<'_>, value: Node<'_>) -> String {
    let mut names = kind.items().map(Node::written).peekable();
    let wanted = match names.peek() {
        Some(_) => names.collect::<Vec<_>>().join(" or "),
        None => kind.written().to_owned(),
    };
    format!(
        "this must be of type {}, and is {}",
        message::short(&wanted),
        value.kind()
    )
}

pub(super) fn not_allowed(allowed: Node<'_>, value: Node<'_>) -> String {
    let values: Vec<String> = allowed.items().take(LISTED).map(message::value).collect();
    let more = if allowed.items().nth(LISTED).is_some() {
        " and others"
    } else {
        ""
    };
    format!(
        "{} is not among {}{more}",
        message::value(value),
        values.join(", ")
    )
}

pub(super) fn beyond(sign: f64, strict: bool, limit: f64) -> String {
    match (sign > 0.0, strict) {
        (true, true) => format!("this must be more than {limit}"),
        (true, false) => format!("this must be at least {limit}"),
        (false, true) => format!("this must be less than {limit}"),
        (false, false) => format!("this must be at most {limit}"),
    }
}

pub(super) fn unexpected(key: Node<'_>) -> String {
    format!("{} is not expected here", message::value(key))
}
