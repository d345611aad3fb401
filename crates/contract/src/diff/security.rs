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
    /// What a requirement that asks for nothing is called; it is none when it has no name.
    nothing: &'static str,
}

const OF_OPERATION: Rules = Rules {
    added: "api-security-added",
    removed: "api-security-removed",
    scope_added: "api-security-scope-added",
    scope_removed: "api-security-scope-removed",
    nothing: "",
};

const OF_DOCUMENT: Rules = Rules {
    added: "api-global-security-added",
    removed: "api-global-security-removed",
    scope_added: "api-global-security-scope-added",
    scope_removed: "api-global-security-scope-removed",
    nothing: "nothing at all",
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
    let (mut old, mut new) = (list(was, rules.nothing), list(is, rules.nothing));
    for (name, requirements) in &mut old {
        let Some(revised) = new.get_mut(name) else {
            continue;
        };
        requirements.retain(|requirement| {
            let known = revised.iter().position(|it| asks_alike(*requirement, *it));
            known.map(|at| revised.remove(at)).is_none()
        });
        if let ([from], [to]) = (requirements.as_slice(), revised.as_slice()) {
            for (scheme, value) in from.members() {
                let scheme = scheme.written();
                scopes(comparison, subject, rules, (scheme, value, to.get(scheme)));
            }
            requirements.clear();
            revised.clear();
        }
    }
    for (name, requirement) in each(&old) {
        let spots = Spots::gone(requirement);
        let text = || format!("the requirement of {name} is gone");
        comparison.teller.tell(subject, rules.removed, spots, text);
    }
    for (name, requirement) in each(&new) {
        let spots = Spots::new(requirement);
        let text = || format!("{name} is a requirement now");
        comparison.teller.tell(subject, rules.added, spots, text);
    }
}

/// Requirements by the names of their schemes: each is one way to be let in, and ways may differ in their scopes alone.
type Requirements<'d> = BTreeMap<String, Vec<Node<'d>>>;

fn each<'r, 'd>(list: &'r Requirements<'d>) -> impl Iterator<Item = (&'r str, Node<'d>)> {
    let one = |(name, nodes): (&'r String, &'r Vec<Node<'d>>)| {
        nodes.iter().map(move |node| (name.as_str(), *node))
    };
    list.iter().flat_map(one)
}

/// The requirements of a holder, each by its name.
fn list<'d>(holder: Node<'d>, nothing: &str) -> Requirements<'d> {
    let mut list = Requirements::new();
    for requirement in holder.get("security").into_iter().flat_map(Node::items) {
        let schemes = requirement.members().map(|(key, _)| key.written());
        let schemes: BTreeSet<_> = schemes.collect();
        let names = schemes.into_iter().map(|name| format!("`{name}`"));
        let mut name = names.collect::<Vec<_>>().join(" and ");
        if name.is_empty() {
            name.push_str(nothing);
        }
        if !name.is_empty() {
            list.entry(name).or_default().push(requirement);
        }
    }
    list
}

/// Whether two requirements of the same schemes ask for the same scopes.
fn asks_alike(was: Node<'_>, is: Node<'_>) -> bool {
    was.members().all(|(scheme, scopes)| {
        let other = is.get(scheme.written());
        other.is_some_and(|other| names(scopes) == names(other))
    })
}

fn names<'d>(scopes: Node<'d>) -> BTreeSet<&'d str> {
    scopes.items().map(Node::written).collect()
}

fn scopes<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    rules: &Rules,
    (scheme, was, is): (&str, Node<'d>, Option<Node<'d>>),
) {
    let (from, to) = (names(was), is.map(names).unwrap_or_default());
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
    let new = is.into_iter().flat_map(Node::items);
    for scope in new.filter(|scope| !from.contains(scope.written())) {
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
