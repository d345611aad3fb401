//! Functions about who may call operations at all.

use std::collections::HashSet;

use serde_json::Value;

use super::{Found, Subject, operations::METHODS};
use crate::{
    lint::{message, run::Scope},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// Operations that must ask who calls them.
#[derive(Clone, Debug)]
pub(crate) struct Protection {
    methods: Vec<String>,
    /// Whether a requirement that anybody meets is forbidden.
    anybody: Anybody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anybody {
    Allowed,
    Forbidden,
}

impl Protection {
    pub(super) fn ready(options: &Value) -> Self {
        let methods = options.get("methods").and_then(Value::as_array);
        let methods = methods.into_iter().flatten().filter_map(Value::as_str);
        let anybody = match options.get("nullable") {
            Some(Value::Bool(false)) => Anybody::Forbidden,
            _ => Anybody::Allowed,
        };
        Self {
            methods: methods.map(str::to_owned).collect(),
            anybody,
        }
    }

    pub(super) fn check<'r>(
        &self,
        subject: Subject<'r>,
        scope: &Scope<'r>,
        found: &mut Vec<Found<'r>>,
    ) {
        let view = subject.view;
        let Some(root) = subject.value else {
            return;
        };
        let default = view.get(root, "security");
        for (_, method, operation) in operations(view, root) {
            if !scope.fuel.burn(1) {
                return;
            }
            let asked =
                self.methods.is_empty() || self.methods.iter().any(|it| it == method.written());
            if !asked {
                continue;
            }
            let own = view.get(operation, "security");
            let required = own.or(default).filter(|it| it.kind() == Kind::List);
            let mut requirements = required
                .into_iter()
                .flat_map(|it| view.items(it))
                .peekable();
            if requirements.peek().is_none() {
                let at = own.unwrap_or(operation);
                found.push(Found::new(at, "the operation requires no security scheme"));
            }
            for requirement in requirements {
                let empty =
                    requirement.kind() == Kind::Object && requirement.members().next().is_none();
                if empty && self.anybody == Anybody::Forbidden {
                    let at = if own.is_some() {
                        requirement
                    } else {
                        operation
                    };
                    found.push(Found::new(
                        at,
                        "the operation accepts a caller without any security scheme",
                    ));
                }
            }
        }
    }
}

/// No operation of administrators asks for what any other operation asks for.
pub(super) fn of_administrators<'r>(
    subject: Subject<'r>,
    administration: &str,
    scope: &Scope<'r>,
    found: &mut Vec<Found<'r>>,
) {
    let view = subject.view;
    let Some(root) = subject.value else {
        return;
    };
    let (mut theirs, mut others) = (Vec::new(), HashSet::new());
    for (path, _, operation) in operations(view, root) {
        let required = view
            .get(operation, "security")
            .filter(|it| it.kind() == Kind::List);
        for requirement in required.into_iter().flat_map(|it| view.items(it)) {
            if !scope.fuel.burn_for(path.written()) {
                return;
            }
            if path.written().contains(administration) {
                theirs.push((path, requirement));
            } else {
                others.insert(text(view, requirement));
            }
        }
    }
    for (path, requirement) in theirs {
        if others.contains(&text(view, requirement)) {
            let path = message::value(path);
            found.push(Found::new(
                requirement,
                format!("other operations ask for the same as {path}, which is for administrators"),
            ));
        }
    }
}

/// A requirement as one text, by which two are compared.
fn text<'r>(view: View<'r>, requirement: Node<'r>) -> Vec<Vec<&'r str>> {
    let one = |(name, scopes): (Node<'r>, Node<'r>)| {
        let scopes = view.items(scopes).map(Node::written);
        std::iter::once(name.written()).chain(scopes).collect()
    };
    view.members(requirement).map(one).collect()
}

/// Every operation with its path and method.
fn operations<'r>(
    view: View<'r>,
    root: Node<'r>,
) -> impl Iterator<Item = (Node<'r>, Node<'r>, Node<'r>)> {
    let paths = view.get(root, "paths").into_iter();
    let items = paths.flat_map(move |paths| view.members(paths));
    let all = items.flat_map(move |(path, item)| {
        let members = view.members(item);
        members.map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, method, operation)| {
        METHODS.contains(&method.written()) && operation.is_container()
    })
}
