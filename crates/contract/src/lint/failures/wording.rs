//! What is said of values that are not what a schema says.

use crate::{
    lint::message,
    schema::{
        compiled::{Bound, Side},
        pattern::Pattern,
        violation::{Violation, What},
    },
    tree::node::Node,
};

/// The most values that a message lists.
const LISTED: usize = 20;

pub(super) fn message(violation: &Violation<'_, '_>) -> String {
    let node = violation.node;
    let name = |name: &str| format!("`{}`", message::short(name));
    match &violation.what {
        What::Never => "nothing may stand here".to_owned(),
        What::Kind { written, .. } => wrong_type(*written, node),
        What::Value { keyword, values } => match values.iter().next() {
            Some(constant) if *keyword == "const" => {
                format!("this must be {}", message::value(*constant))
            }
            _ => not_allowed(values, node),
        },
        What::Beyond(bound) => beyond(*bound),
        What::NoMultiple(step) => format!("this must be a multiple of {step}"),
        What::Fewer { least, of, has } => {
            format!("this must have at least {least} {of}, and has {has}")
        }
        What::More { most, of, has } => {
            format!("this must have at most {most} {of}, and has {has}")
        }
        What::Pattern(Pattern::Written(source)) => {
            format!("this must match the pattern {}", name(source))
        }
        What::Pattern(Pattern::Published(pattern)) => format!("this must {}", pattern.in_words()),
        What::Format(format) => format!("this must be written as `{format}`"),
        What::Repeated => "two items of this list are the same".to_owned(),
        What::Rare(_) | What::Frequent(_) => {
            "the number of items of the wanted kind is wrong".to_owned()
        }
        What::Missing(missing) => format!("the member {} is missing", name(missing)),
        What::MissingBeside {
            name: missing,
            beside,
        } => format!("with {} there must be {}", name(beside), name(missing)),
        What::MissingAll(names) => {
            let names: Vec<_> = names.iter().map(|it| name(it)).collect();
            format!("one of {} must be there", names.join(", "))
        }
        What::Name(key) => format!("{} is no name for a member", message::value(*key)),
        What::Unknown { key, .. } => format!("{} is not expected here", message::value(*key)),
        What::Not(_) => "this is what the schema says it must not be".to_owned(),
        What::NotAny | What::NotOne => "this is none of what it may be".to_owned(),
        What::Together(_) | What::Several => "this is more than one of what it may be".to_owned(),
    }
}

fn wrong_type(kind: Node<'_>, value: Node<'_>) -> String {
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

fn not_allowed(allowed: &[Node<'_>], value: Node<'_>) -> String {
    let listed = allowed.iter().take(LISTED);
    let values: Vec<String> = listed.map(|it| message::value(*it)).collect();
    let more = if allowed.len() > LISTED {
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

fn beyond(bound: Bound) -> String {
    let limit = bound.limit;
    match (bound.side, bound.strict) {
        (Side::Least, true) => format!("this must be more than {limit}"),
        (Side::Least, false) => format!("this must be at least {limit}"),
        (Side::Most, true) => format!("this must be less than {limit}"),
        (Side::Most, false) => format!("this must be at most {limit}"),
    }
}
