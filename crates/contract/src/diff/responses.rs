//! Responses: their statuses and headers.

use std::collections::BTreeMap;

use crate::{
    diff::{
        Comparison,
        bodies::{self, Holder},
        side::Side,
        teller::{Spots, Subject},
        uses::{At, Use},
    },
    tree::node::{Kind, Node},
};

pub(crate) fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Node<'d>,
    is: Node<'d>,
) {
    let list = |node: Node<'d>| node.get("responses").into_iter().flat_map(Node::members);
    let find = |node: Node<'d>, status: &str| node.get("responses")?.get(status);
    for (key, value) in list(was) {
        let status = key.written();
        let Some(revised) = find(is, status) else {
            let id = match success(status) {
                Some(true) => "response-success-status-removed",
                Some(false) => "response-non-success-status-removed",
                None => continue,
            };
            let text = || format!("the response {status} is gone");
            comparison.teller.tell(subject, id, Spots::gone(key), text);
            continue;
        };
        let from = comparison.pairs.base.follow(value);
        let to = comparison.pairs.revision.follow(revised);
        bodies::content(comparison, subject, Holder::Response(status), from, to);
        headers(comparison, subject, status, (from, to));
    }
    for (key, _) in list(is) {
        let status = key.written();
        let id = match success(status) {
            Some(true) => "response-success-status-added",
            Some(false) => "response-non-success-status-added",
            None => continue,
        };
        if find(was, status).is_none() {
            let text = || format!("the response {status} is new");
            comparison.teller.tell(subject, id, Spots::new(key), text);
        }
    }
}

/// Whether a status tells of success; `None` for a range and for `default`.
fn success(status: &str) -> Option<bool> {
    let number: u16 = status.parse().ok()?;
    Some((200..300).contains(&number))
}

/// A header: its name where it is written, and what it is behind its reference.
type Header<'d> = (Node<'d>, Node<'d>);

/// The headers of a response, by their names, which have no case.
fn list<'d>(side: &mut Side<'d>, response: Node<'d>) -> BTreeMap<String, Header<'d>> {
    let members = response.get("headers").into_iter().flat_map(Node::members);
    let header = |(key, value): (Node<'d>, Node<'d>)| {
        let known = key.written().to_ascii_lowercase();
        (known, (key, side.follow(value)))
    };
    members.map(header).collect()
}

fn headers<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    status: &'d str,
    (was, is): (Node<'d>, Node<'d>),
) {
    let old = list(&mut comparison.pairs.base, was);
    let new = list(&mut comparison.pairs.revision, is);
    let required = |header: Node<'d>| header.get("required").and_then(Node::boolean) == Some(true);
    for (known, (key, from)) in &old {
        let name = key.written();
        let text = |what: &str| format!("the header `{name}` of the response {status} {what}");
        let Some((_, to)) = new.get(known) else {
            let id = if required(*from) {
                "required-response-header-removed"
            } else {
                "optional-response-header-removed"
            };
            let spots = Spots::gone(*key);
            comparison
                .teller
                .tell(subject, id, spots, || text("is gone"));
            continue;
        };
        if required(*from) && !required(*to) {
            let id = "response-header-became-optional";
            let spots = Spots::member(*from, *to, "required");
            comparison
                .teller
                .tell(subject, id, spots, || text("is optional now"));
        }
        let schema = |node: Node<'d>| node.get("schema").filter(|it| it.kind() == Kind::Object);
        if let (Some(from), Some(to)) = (schema(*from), schema(*to)) {
            let pair = comparison.pairs.pair(from, to);
            let subject = subject.clone();
            let at = At::Header { status, name };
            comparison.uses.push(Use { subject, at, pair });
        }
    }
    for (known, (key, _)) in &new {
        if !old.contains_key(known) {
            let name = key.written();
            let text = || format!("the response {status} has the header `{name}` now");
            let spots = Spots::new(*key);
            comparison
                .teller
                .tell(subject, "response-header-added", spots, text);
        }
    }
}
