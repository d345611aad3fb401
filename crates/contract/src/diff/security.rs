//! Security requirements: of an operation, and of the document as a whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diff::{
        Comparison,
        change::Section,
        teller::{Spots, Subject},
    },
    tree::node::Node,
};

/// The names of the rules of one place of requirements.
struct Rules {
    added: &'static str,
    removed: &'static str,
    scope_added: &'static str,
    scope_removed: &'static str,
}

const OF_OPERATION: Rules = Rules {
    added: "api-security-added",
    removed: "api-security-removed",
    scope_added: "api-security-scope-added",
    scope_removed: "api-security-scope-removed",
};

const OF_DOCUMENT: Rules = Rules {
    added: "api-global-security-added",
    removed: "api-global-security-removed",
    scope_added: "api-global-security-scope-added",
    scope_removed: "api-global-security-scope-removed",
};

/// The requirements of an operation.
pub(crate) fn compare_operation<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Node<'d>,
    is: Node<'d>,
) {
    compare(comparison, subject, &OF_OPERATION, was, is);
}

/// The requirements of the document.
pub(crate) fn compare_document<'d>(
    comparison: &mut Comparison<'d, '_>,
    was: Node<'d>,
    is: Node<'d>,
) {
    let subject = Subject::part(Section::Security);
    compare(comparison, &subject, &OF_DOCUMENT, was, is);
}

fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    rules: &Rules,
    was: Node<'d>,
    is: Node<'d>,
) {
    let (old, new) = (list(was), list(is));
    for (name, requirement) in &old {
        let Some(revised) = new.get(name) else {
            let text = || format!("the requirement of {name} is gone");
            let spots = Spots::gone(*requirement);
            comparison.teller.tell(subject, rules.removed, spots, text);
            continue;
        };
        for (scheme, value) in requirement.members() {
            let scheme = scheme.written();
            let to = revised.get(scheme);
            scopes(comparison, subject, rules, (scheme, value, to));
        }
    }
    for (name, requirement) in &new {
        if !old.contains_key(name) {
            let text = || format!("{name} is a requirement now");
            let spots = Spots::new(*requirement);
            comparison.teller.tell(subject, rules.added, spots, text);
        }
    }
}

/// The requirements of a holder, by the names of their schemes. One that asks for nothing has no name.
fn list<'d>(holder: Node<'d>) -> BTreeMap<String, Node<'d>> {
    let items = holder.get("security").into_iter().flat_map(Node::items);
    let named = |requirement: Node<'d>| {
        let schemes: BTreeSet<_> = requirement
            .members()
            .map(|(key, _)| key.written())
            .collect();
        let name: Vec<_> = schemes
            .into_iter()
            .map(|name| format!("`{name}`"))
            .collect();
        (!name.is_empty()).then(|| (name.join(" and "), requirement))
    };
    items.filter_map(named).collect()
}

fn scopes<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    rules: &Rules,
    (scheme, was, is): (&str, Node<'d>, Option<Node<'d>>),
) {
    let new = |node: Option<Node<'d>>| node.into_iter().flat_map(Node::items);
    let names = |node| new(node).map(Node::written).collect::<BTreeSet<_>>();
    let (from, to) = (names(Some(was)), names(is));
    for scope in was.items().filter(|scope| !to.contains(scope.written())) {
        let text = || {
            format!(
                "the scope `{}` of `{scheme}` is not required any more",
                scope.written()
            )
        };
        comparison
            .teller
            .tell(subject, rules.scope_removed, Spots::gone(scope), text);
    }
    for scope in new(is).filter(|scope| !from.contains(scope.written())) {
        let text = || {
            format!(
                "the scope `{}` of `{scheme}` is required now",
                scope.written()
            )
        };
        comparison
            .teller
            .tell(subject, rules.scope_added, Spots::new(scope), text);
    }
}
