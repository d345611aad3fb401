//! Functions about servers.

use super::{Found, Subject};
use crate::{
    lint::{message, run::Scope},
    tree::node::{Kind, Node},
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
    if !scope
        .fuel
        .burn(1 + u64::try_from(url.len() / 16).unwrap_or(u64::MAX))
    {
        return;
    }
    let named = named(url);
    let described = view
        .get(server, "variables")
        .filter(|it| it.kind() == Kind::Object);
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
