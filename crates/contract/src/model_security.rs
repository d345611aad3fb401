//! Security: the schemes a document defines, and what its requirements require of a token.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{operation::Requirement, text::ScopeName};

use crate::{
    node::{Kind, Node},
    reading::Reading,
    report::Quoted,
    rule::Rule,
};

/// The longest name of a security scheme.
const LONGEST_NAME: usize = 255;

/// The longest scope that is looked at; `ScopeName` allows 128 characters.
const LONGEST_SCOPE: usize = 512;

/// The security schemes of a document, by name.
#[derive(Debug, Default)]
pub(crate) struct Schemes<'d> {
    defined: BTreeMap<&'d str, Scheme<'d>>,
    /// What reading them took of the budget `scopes`.
    pub(crate) spent: usize,
}

#[derive(Debug)]
struct Scheme<'d> {
    /// The scopes it declares, with their descriptions; `None` when schemes of its kind declare none.
    declared: Option<BTreeMap<&'d str, Node<'d>>>,
}

/// Reads `components.securitySchemes`.
pub(crate) fn schemes<'d>(reading: &mut Reading<'d>, root: Node<'d>) -> Schemes<'d> {
    let mut schemes = Schemes::default();
    let components = reading.member(root, "components", Kind::Object);
    let Some(defined) =
        components.and_then(|it| reading.member(it, "securitySchemes", Kind::Object))
    else {
        return schemes;
    };
    for (key, value) in defined.members() {
        let Some(name) = reading.name(key, LONGEST_NAME) else {
            continue;
        };
        let target = reading.follow_or_fail(value);
        let Some(object) = target.and_then(|target| reading.expect(target, Kind::Object)) else {
            continue;
        };
        if let Some(scheme) = scheme(reading, object, &mut schemes.spent) {
            schemes.defined.insert(name, scheme);
        }
        if is_spent(reading, key, schemes.spent) {
            break;
        }
    }
    schemes
}

fn scheme<'d>(
    reading: &mut Reading<'d>,
    object: Node<'d>,
    spent: &mut usize,
) -> Option<Scheme<'d>> {
    *spent += 1;
    let kind = reading.required(object, "type", Kind::Text)?;
    let declared = match kind.written() {
        "oauth2" => Some(declared(reading, object, spent)),
        "openIdConnect" | "apiKey" | "http" | "mutualTLS" => None,
        other => {
            let message = format_args!(
                "{} is no type of security scheme; one of oauth2, openIdConnect, apiKey, http, mutualTLS is",
                Quoted(other)
            );
            reading.report.add(Rule::WrongType, kind, message);
            None
        }
    };
    Some(Scheme { declared })
}

/// The scopes of all flows of an OAuth 2.0 scheme.
fn declared<'d>(
    reading: &mut Reading<'d>,
    object: Node<'d>,
    spent: &mut usize,
) -> BTreeMap<&'d str, Node<'d>> {
    let mut declared = BTreeMap::new();
    let Some(flows) = reading.required(object, "flows", Kind::Object) else {
        return declared;
    };
    for (key, flow) in flows.members() {
        *spent += 1;
        if key.written().starts_with("x-") {
            continue;
        }
        let flow = reading.expect(flow, Kind::Object);
        let scopes = flow.and_then(|flow| reading.member(flow, "scopes", Kind::Object));
        for (scope, description) in scopes.into_iter().flat_map(Node::members) {
            *spent += 1;
            if is_spent(reading, scope, *spent) {
                return declared;
            }
            if let Some(name) = reading.name(scope, LONGEST_SCOPE) {
                declared.entry(name).or_insert(description);
            }
        }
    }
    declared
}

impl<'d> Schemes<'d> {
    /// The scopes that schemes declare, by name, with the member that describes each.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let declared = self.defined.values().filter_map(|it| it.declared.as_ref());
        declared.flatten().map(|(name, node)| (*name, *node))
    }

    /// What a `security` member requires: any one of its items, each wholly.
    ///
    /// The roles that OpenAPI 3.1 lets a requirement of another kind list are taken as scopes, too.
    pub(crate) fn requirement(
        &self,
        reading: &mut Reading<'d>,
        security: Node<'d>,
        spent: &mut usize,
    ) -> Requirement {
        let mut alternatives = Vec::new();
        let Some(list) = reading.expect(security, Kind::List) else {
            return Requirement::default();
        };
        for item in list.items() {
            *spent += 1;
            let Some(alternative) = reading.expect(item, Kind::Object) else {
                continue;
            };
            let mut scopes = BTreeSet::new();
            for (scheme, listed) in alternative.members() {
                *spent += 1;
                self.listed(reading, (scheme, listed), spent, &mut scopes);
            }
            if is_spent(reading, security, *spent) {
                return Requirement::default();
            }
            alternatives.push(scopes);
        }
        Requirement::any_of(alternatives)
    }

    /// The scopes that a requirement lists for one scheme.
    fn listed(
        &self,
        reading: &mut Reading<'d>,
        (key, listed): (Node<'d>, Node<'d>),
        spent: &mut usize,
        scopes: &mut BTreeSet<ScopeName>,
    ) {
        let name = reading.name(key, LONGEST_NAME).unwrap_or_default();
        let scheme = self.defined.get(name);
        if scheme.is_none() {
            let message = format_args!(
                "the security scheme {} is not defined under `components.securitySchemes`",
                Quoted(name)
            );
            reading
                .report
                .add(Rule::SecuritySchemeUndefined, key, message);
        }
        let Some(listed) = reading.expect(listed, Kind::List) else {
            return;
        };
        for item in listed.items() {
            *spent += 1;
            if is_spent(reading, item, *spent) {
                return;
            }
            let Some(text) = reading.expect(item, Kind::Text) else {
                continue;
            };
            let Some(scope) = usable(reading, text) else {
                continue;
            };
            let declared = scheme.and_then(|scheme| scheme.declared.as_ref());
            if declared.is_some_and(|declared| !declared.contains_key(scope.as_str())) {
                let message = format_args!(
                    "the scope {} is not among those that the flows of {} declare",
                    Quoted(scope.as_str()),
                    Quoted(name)
                );
                reading.report.add(Rule::ScopeUndeclared, item, message);
            }
            scopes.insert(scope);
        }
    }
}

/// The scope a text names. One that cannot stand in a token is an error where it is required: without it the operation
/// would be open to every token.
fn usable(reading: &mut Reading<'_>, node: Node<'_>) -> Option<ScopeName> {
    let text = node.text().filter(|text| text.len() <= LONGEST_SCOPE);
    match text.unwrap_or_default().parse() {
        Ok(scope) => Some(scope),
        Err(error) => {
            let written = Quoted(node.written());
            let message = format_args!("{written} cannot be a scope: it {error}");
            reading.report.add(Rule::ScopeUnusable, node, message);
            None
        }
    }
}

fn is_spent<'d>(reading: &mut Reading<'d>, node: Node<'d>, spent: usize) -> bool {
    let most = reading.budgets.scopes;
    if spent > most {
        reading.over_budget(node, most, "scopes, declared and required", "scopes");
    }
    spent > most
}
