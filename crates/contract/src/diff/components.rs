//! Components: schemas that are gone, and security schemes.

use crate::{
    diff::{
        Comparison,
        change::Section,
        teller::{Spots, Subject},
    },
    tree::node::Node,
};

const FLOWS: [&str; 4] = [
    "implicit",
    "password",
    "clientCredentials",
    "authorizationCode",
];

pub(crate) fn compare<'d>(comparison: &mut Comparison<'d, '_>, base: Node<'d>, revision: Node<'d>) {
    let list = |root: Node<'d>, part: &str| root.get("components").and_then(|all| all.get(part));
    let (was, is) = (list(base, "schemas"), list(revision, "schemas"));
    for (key, _) in was.into_iter().flat_map(Node::members) {
        let name = key.written();
        if is.and_then(|schemas| schemas.get(name)).is_none() {
            let text = || format!("the schema `{name}` is gone");
            tell(comparison, "api-schema-removed", Spots::gone(key), text);
        }
    }
    let part = "securitySchemes";
    schemes(comparison, list(base, part), list(revision, part));
}

fn tell(
    comparison: &mut Comparison<'_, '_>,
    id: &str,
    spots: Spots<'_>,
    text: impl FnOnce() -> String,
) {
    let subject = Subject::part(Section::Components);
    comparison.teller.tell(&subject, id, spots, text);
}

fn schemes<'d>(comparison: &mut Comparison<'d, '_>, was: Option<Node<'d>>, is: Option<Node<'d>>) {
    let members = |list: Option<Node<'d>>| list.into_iter().flat_map(Node::members);
    let find = |list: Option<Node<'d>>, name: &str| list.and_then(|list| list.get(name));
    for (key, value) in members(was) {
        let name = key.written();
        let Some(revised) = find(is, name) else {
            let text = || format!("the security scheme `{name}` is gone");
            tell(
                comparison,
                "api-security-component-removed",
                Spots::gone(key),
                text,
            );
            continue;
        };
        let from = comparison.pairs.base.follow(value);
        let to = comparison.pairs.revision.follow(revised);
        let changed = change(from, to, "type");
        if let Some((old, new)) = changed {
            let spots = Spots::member(from, to, "type");
            let text =
                || format!("the security scheme `{name}` was of type `{old}` and is `{new}` now");
            tell(
                comparison,
                "api-security-component-type-changed",
                spots,
                text,
            );
        }
        for flow in FLOWS {
            let flow = |node: Node<'d>| node.get("flows").and_then(|flows| flows.get(flow));
            if let (Some(from), Some(to)) = (flow(from), flow(to)) {
                oauth(comparison, name, from, to);
            }
        }
    }
    for (key, _) in members(is) {
        let name = key.written();
        if find(was, name).is_none() {
            let text = || format!("the security scheme `{name}` is new");
            tell(
                comparison,
                "api-security-component-added",
                Spots::new(key),
                text,
            );
        }
    }
}

/// The texts of a member, when they differ.
fn change<'d>(was: Node<'d>, is: Node<'d>, key: &str) -> Option<(&'d str, &'d str)> {
    let text = |node: Node<'d>| node.get(key).map(Node::written).unwrap_or_default();
    let (was, is) = (text(was), text(is));
    (was != is).then_some((was, is))
}

fn oauth<'d>(comparison: &mut Comparison<'d, '_>, name: &str, was: Node<'d>, is: Node<'d>) {
    let urls = [
        (
            "authorizationUrl",
            "api-security-component-oauth-url-changed",
        ),
        ("tokenUrl", "api-security-component-oauth-token-url-changed"),
    ];
    for (key, id) in urls {
        if let Some((from, to)) = change(was, is, key) {
            let text = || {
                format!("`{key}` of the security scheme `{name}` was `{from}` and is `{to}` now")
            };
            tell(comparison, id, Spots::member(was, is, key), text);
        }
    }
    let scopes = |flow: Node<'d>| flow.get("scopes").into_iter().flat_map(Node::members);
    let find = |flow: Node<'d>, scope: &str| flow.get("scopes")?.member(scope);
    for (key, from) in scopes(was) {
        let scope = key.written();
        match find(is, scope) {
            None => {
                let text =
                    || format!("the security scheme `{name}` has no scope `{scope}` any more");
                let id = "api-security-component-oauth-scope-removed";
                tell(comparison, id, Spots::gone(key), text);
            }
            Some((revised, to)) if from.written() != to.written() => {
                let text = || {
                    format!("the scope `{scope}` of the security scheme `{name}` is described anew")
                };
                let id = "api-security-component-oauth-scope-changed";
                tell(comparison, id, Spots::both(key, revised), text);
            }
            Some(_) => (),
        }
    }
    for (key, _) in scopes(is) {
        let scope = key.written();
        if find(was, scope).is_none() {
            let text = || format!("the security scheme `{name}` has the scope `{scope}` now");
            let id = "api-security-component-oauth-scope-added";
            tell(comparison, id, Spots::new(key), text);
        }
    }
}
