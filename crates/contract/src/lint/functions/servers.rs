//! Functions about servers.

use super::{Found, Subject};
use crate::{
    lint::{message, run::Scope},
    tree::{
        node::{Kind, Node},
        view::View,
    },
};

/// Every variable in the address of a server is described, and every described one is in the address.
pub(super) fn variables<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let view = subject.view;
    let Some(server) = subject.value else {
        return;
    };
    let Some(url) = view.get(server, "url").and_then(Node::text) else {
        return found.push(Found::new(
            subject.at,
            "a server is an object with a text `url`",
        ));
    };
    if !scope.fuel.burn_for(url) {
        return;
    }
    let described = view.get(server, "variables");
    if !described.is_none_or(|it| are_variables(view, it)) {
        let message =
            "`variables` are objects with text for `default` and a list of texts for `enum`";
        return found.push(Found::new(server, message));
    }
    let named = named(url);
    for (name, variable) in described.into_iter().flat_map(|it| view.members(it)) {
        if !named.contains(&name.written()) {
            let said = message::value(name);
            found.push(Found::new(
                variable,
                format!("the variable {said} is not in the `url` of the server"),
            ));
            continue;
        }
        let default = view.get(variable, "default");
        let allowed = view.get(variable, "enum");
        match (default, allowed) {
            (None, _) => found.push(Found::new(
                variable,
                "a variable of a server has a `default`",
            )),
            (Some(default), Some(allowed)) => {
                let mut values = view.items(allowed);
                if !values.any(|value| value.written() == default.written()) {
                    found.push(Found::new(
                        default,
                        "the `default` is not among the values of `enum`",
                    ));
                }
            }
            (Some(_), None) => {}
        }
    }
    let is_described = |name: &str| described.is_some_and(|it| it.get(name).is_some());
    let missing: Vec<&str> = named
        .into_iter()
        .filter(|name| !is_described(name))
        .collect();
    if !missing.is_empty() {
        let names = message::short(&missing.join("`, `"));
        let at = view.get(server, "variables").unwrap_or(server);
        found.push(Found::new(
            at,
            format!("the `url` of the server has variables that are not described: `{names}`"),
        ));
    }
}

/// Whether the variables of a server are written as such.
fn are_variables<'r>(view: View<'r>, variables: Node<'r>) -> bool {
    let is_text = |value: Node<'r>| value.kind() == Kind::Text;
    let is_sound = |(key, value): (Node<'r>, Node<'r>)| match key.written() {
        "default" | "description" => is_text(value),
        "enum" => value.kind() == Kind::List && view.items(value).all(is_text),
        name => name.starts_with("x-"),
    };
    let is_variable = |variable: Node<'r>| {
        variable.kind() == Kind::Object && view.members(variable).all(is_sound)
    };
    let mut all = view.members(variables).map(|(_, variable)| variable);
    variables.kind() == Kind::Object && all.all(is_variable)
}

/// The names between braces, in their order.
fn named(url: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = url;
    while let Some((_, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else {
            break;
        };
        if !name.is_empty() {
            names.push(name);
        }
        rest = after;
    }
    names
}
