//! A tree as a value of its own, for what must outlive the text it was read from.

use serde_json::{Map, Number, Value};

use crate::tree::node::{Kind, Node};

/// The value a node is. As deep as the tree is, which the budget of depth bounds.
pub(super) fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(node.boolean() == Some(true)),
        Kind::Number => number(node.written()),
        Kind::Text => Value::String(node.written().to_owned()),
        Kind::List => Value::Array(node.items().map(value).collect()),
        Kind::Object => {
            let members = node.members();
            let members = members.map(|(key, of)| (key.written().to_owned(), value(of)));
            let mut object = members.collect::<Map<_, _>>();
            match object.shift_remove("<<") {
                Some(Value::Array(many)) => {
                    many.into_iter().for_each(|one| merge(&mut object, one))
                }
                Some(one) => merge(&mut object, one),
                None => {}
            }
            Value::Object(object)
        }
    }
}

/// Takes in the members of another object that an object does not have itself.
fn merge(object: &mut Map<String, Value>, other: Value) {
    if let Value::Object(other) = other {
        for (key, value) in other {
            object.entry(key).or_insert(value);
        }
    }
}

fn number(written: &str) -> Value {
    let whole = written.parse::<i64>().map(Number::from).ok();
    let any = || written.parse().ok().and_then(Number::from_f64);
    whole.or_else(any).map_or(Value::Null, Value::Number)
}
