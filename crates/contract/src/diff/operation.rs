//! An operation that both documents have.

use std::collections::BTreeSet;

use crate::{
    diff::{
        Comparison, bodies,
        endpoints::Endpoint,
        lifecycle::{self, Levels, Lifetime},
        parameters, responses, security,
        settings::Stability,
        teller::{Spots, Subject},
    },
    tree::node::Node,
};

pub(crate) fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) {
    let Some(level) = stable_enough(comparison, subject, was, is) else {
        return;
    };
    ending(comparison, subject, level, was, is);
    operation_id(comparison, subject, was, is);
    tags(comparison, subject, was, is);
    security::compare_operation(comparison, subject, was.node, is.node);
    parameters::compare(comparison, subject, level, (was, is));
    bodies::compare(comparison, subject, was, is);
    responses::compare(comparison, subject, was.node, is.node);
}

/// The stability level the base gives the operation, unless the revision gives it too low a level for it to be compared.
/// That the level changed is told where the base promised enough.
fn stable_enough<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) -> Option<Stability> {
    let level = |endpoint: Endpoint<'d>| endpoint.node.get("x-stability-level");
    let levels = Levels::of(level(was), level(is));
    let spots = Spots::member(was.node, is.node, "x-stability-level");
    for none in &levels.none {
        let text = || format!("`{}` is no stability level", none.written());
        let id = "api-invalid-stability-level";
        comparison.teller.tell(subject, id, spots, text);
    }
    let (from, to) = (levels.was, levels.is);
    if levels.differ() && from >= comparison.settings.stability {
        let id = if from < to {
            "api-stability-increased"
        } else {
            "api-stability-decreased"
        };
        let text = || {
            let (from, to) = (from.as_str(), to.as_str());
            format!("the endpoint was {from} and is {to} now")
        };
        comparison.teller.tell(subject, id, spots, text);
    }
    (to >= comparison.settings.stability).then_some(from)
}

fn ending<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    level: Stability,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) {
    let from = Lifetime::of(|key| was.node.get(key));
    let to = Lifetime::of(|key| is.node.get(key));
    let Some((ending, text)) = lifecycle::ending(comparison.settings, level, from, to) else {
        return;
    };
    let spots = ending.spots(was.node, is.node);
    let text = || format!("the endpoint {text}");
    comparison
        .teller
        .tell(subject, ending.of_endpoint(), spots, text);
}

fn operation_id<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) {
    let id = |endpoint: Endpoint<'d>| {
        let id = endpoint.node.get("operationId");
        id.filter(|id| !id.written().is_empty())
    };
    match (id(was), id(is)) {
        (None, Some(new)) => {
            let text = || format!("the endpoint has the operationId `{}` now", new.written());
            let rule = "api-operation-id-added";
            comparison.teller.tell(subject, rule, Spots::new(new), text);
        }
        (Some(old), new) if new.map(Node::written) != Some(old.written()) => {
            let text = || match new {
                Some(new) => {
                    let (old, new) = (old.written(), new.written());
                    format!("the operationId was `{old}` and is `{new}` now")
                }
                None => format!("the operationId `{}` is gone", old.written()),
            };
            let spots = Spots::both(old, new.unwrap_or(is.key));
            let rule = "api-operation-id-removed";
            comparison.teller.tell(subject, rule, spots, text);
        }
        (_, _) => (),
    }
}

fn tags<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) {
    let list = |endpoint: Endpoint<'d>| endpoint.node.get("tags").into_iter().flat_map(Node::items);
    let names = |endpoint| list(endpoint).map(Node::written).collect::<BTreeSet<_>>();
    let (old, new) = (names(was), names(is));
    for tag in list(was).filter(|tag| !new.contains(tag.written())) {
        let text = || format!("the tag `{}` is gone", tag.written());
        comparison
            .teller
            .tell(subject, "api-tag-removed", Spots::gone(tag), text);
    }
    for tag in list(is).filter(|tag| !old.contains(tag.written())) {
        let text = || format!("the tag `{}` is new", tag.written());
        comparison
            .teller
            .tell(subject, "api-tag-added", Spots::new(tag), text);
    }
}
