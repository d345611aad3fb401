//! Security: the schemes a document defines, and what its requirements require of a token.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{operation::Requirement, text::ScopeName};

use crate::{
    model::{edition::Edition, reading::Reading},
    report::Quoted,
    rule::Rule,
    tree::node::{Kind, Node},
};

/// The longest name of a security scheme.
const LONGEST_NAME: usize = 255;

/// The longest scope that is looked at; `ScopeName` allows 128 characters.
const LONGEST_SCOPE: usize = 512;

/// The security of a document: the schemes it defines, and what it requires where an operation does not say.
#[derive(Debug, Default)]
pub(crate) struct Security<'d> {
    schemes: BTreeMap<&'d str, Scheme<'d>>,
    everywhere: Requirement,
}

#[derive(Debug)]
struct Scheme<'d> {
    /// The scopes it declares, with the members that describe them; `None` when schemes of its kind declare none.
    declared: Option<BTreeMap<&'d str, Node<'d>>>,
}

impl<'d> Security<'d> {
    /// Reads the schemes that are defined and the document's own `security`.
    pub(crate) fn read(reading: &mut Reading<'d>, root: Node<'d>) -> Self {
        let mut security = Self {
            schemes: schemes(reading, root),
            everywhere: Requirement::default(),
        };
        if let Some(everywhere) = root.get("security") {
            security.everywhere = security.requirement(reading, everywhere);
        }
        security
    }

    /// The scopes that schemes declare, by name, with the member that describes each.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let declared = self.schemes.values().filter_map(|it| it.declared.as_ref());
        declared.flatten().map(|(name, node)| (*name, *node))
    }

    /// What an operation requires: what it says itself, or what the document says for all.
    pub(crate) fn of_operation(
        &self,
        reading: &mut Reading<'d>,
        operation: Node<'d>,
    ) -> Requirement {
        if let Some(own) = operation.get("security") {
            return self.requirement(reading, own);
        }
        let alternatives = self.everywhere.alternatives();
        let scopes = alternatives.iter().map(BTreeSet::len).sum();
        if reading.afford_scopes(operation, scopes) {
            self.everywhere.clone()
        } else {
            Requirement::default()
        }
    }

    /// What a `security` member requires: any one of its items, each wholly.
    ///
    /// The roles that OpenAPI 3.1 lets a requirement of another kind list are taken as scopes, too.
    fn requirement(&self, reading: &mut Reading<'d>, security: Node<'d>) -> Requirement {
        let mut alternatives = Vec::new();
        let Some(list) = reading.expect(security, Kind::List) else {
            return Requirement::default();
        };
        for item in list.items() {
            let Some(alternative) = reading.expect(item, Kind::Object) else {
                continue;
            };
            let mut scopes = BTreeSet::new();
            if !reading.afford_scopes(item, 1) {
                return Requirement::default();
            }
            for (scheme, listed) in alternative.members() {
                if !reading.afford_scopes(scheme, 1) {
                    return Requirement::default();
                }
                self.listed(reading, (scheme, listed), &mut scopes);
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
        scopes: &mut BTreeSet<ScopeName>,
    ) {
        let Some(name) = reading.name(key, LONGEST_NAME) else {
            return;
        };
        let pointed = pointed(reading, name);
        let scheme = self.schemes.get(name).or(pointed.as_ref());
        if scheme.is_none() {
            let message = format_args!(
                "the security scheme {} is not defined under `{}`",
                Quoted(name),
                reading.edition.schemes_under()
            );
            let rule = Rule::SecuritySchemeUndefined;
            reading.report.add(rule, key, message);
        }
        let declared = scheme.and_then(|scheme| scheme.declared.as_ref());
        let Some(listed) = reading.expect(listed, Kind::List) else {
            return;
        };
        for item in listed.items() {
            if !reading.afford_scopes(item, 1) {
                return;
            }
            let text = reading.expect(item, Kind::Text);
            let Some(scope) = text.and_then(|text| usable(reading, text)) else {
                continue;
            };
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

fn schemes<'d>(reading: &mut Reading<'d>, root: Node<'d>) -> BTreeMap<&'d str, Scheme<'d>> {
    let mut schemes = BTreeMap::new();
    let defined = if reading.edition == Edition::V2_0 {
        reading.member(root, "securityDefinitions", Kind::Object)
    } else {
        let components = reading.member(root, "components", Kind::Object);
        components.and_then(|it| reading.member(it, "securitySchemes", Kind::Object))
    };
    for (key, value) in defined.into_iter().flat_map(Node::members) {
        if !reading.afford_scopes(key, 1) {
            break;
        }
        let Some(name) = reading.name(key, LONGEST_NAME) else {
            continue;
        };
        let target = reading.follow_or_fail(value);
        let object = target.and_then(|target| reading.expect(target, Kind::Object));
        if let Some(scheme) = object.and_then(|object| scheme(reading, object)) {
            schemes.insert(name, scheme);
        }
    }
    schemes
}

fn scheme<'d>(reading: &mut Reading<'d>, object: Node<'d>) -> Option<Scheme<'d>> {
    let kind = reading.required(object, "type", Kind::Text)?;
    let known: &[&str] = match reading.edition {
        Edition::V2_0 => &["oauth2", "apiKey", "basic"],
        Edition::V3_0 | Edition::V3_1 | Edition::V3_2 => {
            &["oauth2", "openIdConnect", "apiKey", "http", "mutualTLS"]
        }
    };
    let declared = match kind.written() {
        "oauth2" => Some(declared(reading, object)),
        other if known.contains(&other) => None,
        other => {
            let message = format_args!(
                "{} is no type of security scheme; one of {} is",
                Quoted(other),
                known.join(", ")
            );
            reading.report.add(Rule::WrongType, kind, message);
            None
        }
    };
    Some(Scheme { declared })
}

/// The scheme that a requirement of OpenAPI 3.2 points at instead of naming it.
fn pointed<'d>(reading: &mut Reading<'d>, name: &str) -> Option<Scheme<'d>> {
    if reading.edition < Edition::V3_2 || !name.contains('#') {
        return None;
    }
    let target = reading.target(name).ok()?;
    let target = reading.follow(target).ok()?;
    let object = reading.expect(target, Kind::Object)?;
    scheme(reading, object)
}

/// The scopes of all flows of an OAuth 2.0 scheme. A scheme of OpenAPI 2.0 is one flow, with the scopes in itself.
fn declared<'d>(reading: &mut Reading<'d>, scheme: Node<'d>) -> BTreeMap<&'d str, Node<'d>> {
    let mut declared = BTreeMap::new();
    if reading.edition == Edition::V2_0 {
        scopes_of(reading, scheme, &mut declared);
        return declared;
    }
    let flows = reading.required(scheme, "flows", Kind::Object);
    for (key, flow) in flows.into_iter().flat_map(Node::members) {
        if !reading.afford_scopes(key, 1) {
            break;
        }
        if key.written().starts_with("x-") {
            continue;
        }
        if let Some(flow) = reading.expect(flow, Kind::Object) {
            scopes_of(reading, flow, &mut declared);
        }
    }
    declared
}

/// Adds the scopes that one flow declares.
fn scopes_of<'d>(
    reading: &mut Reading<'d>,
    flow: Node<'d>,
    declared: &mut BTreeMap<&'d str, Node<'d>>,
) {
    let scopes = reading.member(flow, "scopes", Kind::Object);
    for (scope, description) in scopes.into_iter().flat_map(Node::members) {
        let extension = reading.edition == Edition::V2_0 && scope.written().starts_with("x-");
        if extension {
            continue;
        }
        if !reading.afford_scopes(scope, 1) {
            return;
        }
        if let Some(name) = reading.name(scope, LONGEST_SCOPE) {
            declared.entry(name).or_insert(description);
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
