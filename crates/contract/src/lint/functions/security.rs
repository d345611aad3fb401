//! Functions about security requirements.

use super::{Found, Subject};
use crate::{
    lint::{formats::Format, message, run::Scope},
    tree::node::{Kind, Node},
};

/// Every scheme that a requirement names is defined, and every scope that it names is one of the scheme's.
pub(super) fn defined<'r>(subject: Subject<'r>, scope: &Scope<'r>, found: &mut Vec<Found<'r>>) {
    let view = subject.view;
    let Some(requirement) = subject.value.filter(|value| value.kind() == Kind::Object) else {
        return;
    };
    // What is no requirement is told of by the schema of the document, and by no other rule.
    let is_text = |scope: Node<'_>| scope.kind() == Kind::Text;
    let is_list = |scopes: Node<'r>| scopes.kind() == Kind::List && view.items(scopes).all(is_text);
    if !view.members(requirement).all(|(_, scopes)| is_list(scopes)) {
        return;
    }
    let root = view.document().root();
    let schemes = match scope.formats.contains(&Format::Oas2) {
        true => root.get("securityDefinitions"),
        false => root
            .get("components")
            .and_then(|it| it.get("securitySchemes")),
    };
    for (name, scopes) in view.members(requirement) {
        let Some(scheme) = schemes.and_then(|schemes| view.get(schemes, name.written())) else {
            found.push(Found::new(
                scopes,
                format!("there is no security scheme {}", message::value(name)),
            ));
            continue;
        };
        for wanted in view.items(scopes) {
            if !scope.fuel.burn(1) {
                return;
            }
            if !declares(scheme, wanted.written(), scope) {
                let (wanted_told, scheme) = (message::value(wanted), message::value(name));
                found.push(Found::new(
                    wanted,
                    format!(
                        "{wanted_told} is not among the scopes of the security scheme {scheme}"
                    ),
                ));
            }
        }
    }
}

fn declares(scheme: Node<'_>, wanted: &str, scope: &Scope<'_>) -> bool {
    let has = |holder: Node<'_>| {
        holder
            .get("scopes")
            .is_some_and(|scopes| scopes.get(wanted).is_some())
    };
    if scope.formats.contains(&Format::Oas2) {
        return has(scheme);
    }
    let flows = scheme.get("flows");
    flows.is_some_and(|flows| flows.members().any(|(_, flow)| has(flow)))
}
