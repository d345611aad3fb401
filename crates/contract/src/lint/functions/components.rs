//! Functions about what a document shares by reference.

use std::collections::HashSet;

use super::{Found, Subject};
use crate::{
    lint::{message, run::Scope},
    tree::{
        node::{Kind, Node},
        pointer,
    },
};

/// The kinds of components that are of no use unless something refers to them. Security schemes are referred to by name.
const KINDS: [&str; 8] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "links",
    "callbacks",
];

/// Components of every kind that nothing refers to.
pub(super) fn unused<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let Some(components) = subject.value.and_then(|root| root.get("components")) else {
        return;
    };
    for kind in KINDS {
        if let Some(holder) = components.get(kind) {
            unreferenced_in(holder, scope, found);
        }
    }
}

/// Members of a holder that nothing refers to.
pub(super) fn unreferenced<'r>(
    subject: Subject<'r>,
    location: &str,
    scope: &Scope<'r>,
    found: &mut Vec<Found<'r>>,
) {
    let pointer = location.strip_prefix('#').unwrap_or(location);
    let holder = match pointer::percent_decode(pointer) {
        Some(pointer) => subject.view.document().at(&pointer).or(subject.value),
        None => subject.value,
    };
    if let Some(holder) = holder {
        unreferenced_in(holder, scope, found);
    }
}

fn unreferenced_in<'r>(holder: Node<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let referred: &HashSet<u32> = scope.references.direct();
    for (key, value) in holder.members() {
        if !scope.fuel.burn(1) {
            return;
        }
        if !referred.contains(&value.number()) {
            found.push(Found::new(
                value,
                format!("nothing refers to {}", message::value(key)),
            ));
        }
    }
}

/// What stands beside a `$ref`, which a reader of OpenAPI 2.0 and 3.0 passes over.
pub(super) fn siblings<'r>(subject: Subject<'r>, found: &mut Vec<Found<'r>>) {
    let Some(holder) = subject.value.and_then(Node::parent) else {
        return;
    };
    if holder.kind() != Kind::Object {
        return;
    }
    for (key, value) in holder.members().filter(|(key, _)| key.written() != "$ref") {
        let key = message::value(key);
        found.push(Found::new(
            value,
            format!("{key} stands beside a `$ref`, which makes it mean nothing"),
        ));
    }
}
