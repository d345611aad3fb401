//! Bodies: whether a request has one, and the media types of requests and responses.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diff::{
        Comparison,
        endpoints::Endpoint,
        teller::{Spots, Subject},
        uses::{At, Use},
    },
    tree::node::{Kind, Node},
};

pub(crate) fn compare<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    was: Endpoint<'d>,
    is: Endpoint<'d>,
) {
    let (from, to) = (was.node.get("requestBody"), is.node.get("requestBody"));
    let old = from.map(|node| comparison.pairs.base.follow(node));
    let new = to.map(|node| comparison.pairs.revision.follow(node));
    let either = Spots {
        base: from,
        revision: to,
    };
    let required = |body: Node<'d>| body.get("required").and_then(Node::boolean) == Some(true);
    let (id, text) = match (old, new) {
        (None, None) => return,
        (None, Some(new)) if required(new) => (
            "request-body-added-required",
            "the request must have a body now",
        ),
        (None, Some(_)) => (
            "request-body-added-optional",
            "the request may have a body now",
        ),
        (Some(_), None) => ("request-body-removed", "the request has no body any more"),
        (Some(old), Some(new)) => {
            if required(old) != required(new) {
                let (id, text) = if required(new) {
                    (
                        "request-body-became-required",
                        "the request body is required now",
                    )
                } else {
                    (
                        "request-body-became-optional",
                        "the request body is optional now",
                    )
                };
                let spots = Spots::member(old, new, "required");
                comparison
                    .teller
                    .tell(subject, id, spots, || text.to_owned());
            }
            return content(comparison, subject, Holder::Request, old, new);
        }
    };
    comparison
        .teller
        .tell(subject, id, either, || text.to_owned());
}

/// What holds media types.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Holder<'d> {
    Request,
    /// The response with this status.
    Response(&'d str),
}

impl<'d> Holder<'d> {
    fn at(self, media_type: &'d str) -> At<'d> {
        match self {
            Self::Request => At::RequestBody { media_type },
            Self::Response(status) => At::ResponseBody { status, media_type },
        }
    }

    fn told(self) -> String {
        match self {
            Self::Request => "the request body".to_owned(),
            Self::Response(status) => format!("the response {status}"),
        }
    }

    /// The name of its rule, of which a request and a response have one each.
    fn rule(self, of_request: &'static str, of_response: &'static str) -> &'static str {
        match self {
            Self::Request => of_request,
            Self::Response(_) => of_response,
        }
    }
}

/// The media types of a body.
pub(crate) fn content<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    holder: Holder<'d>,
    was: Node<'d>,
    is: Node<'d>,
) {
    let old = media_types(was);
    let mut new = media_types(is);
    let mut pairs = Vec::new();
    let mut gone = Vec::new();
    for (name, (key, value)) in old {
        match new.remove(name) {
            Some(revised) => pairs.push(((key, value), revised)),
            None => gone.push((key, value)),
        }
    }
    for (key, value) in gone {
        let like = new.keys().find_map(|name| {
            let likeness = renamed(key.written(), name)?;
            Some((*name, likeness))
        });
        let Some((name, likeness)) = like else {
            let id = holder.rule(
                "request-body-media-type-removed",
                "response-media-type-removed",
            );
            let text = || {
                format!(
                    "{} has no media type `{}` any more",
                    holder.told(),
                    key.written()
                )
            };
            comparison.teller.tell(subject, id, Spots::gone(key), text);
            continue;
        };
        if let Some(revised) = new.remove(name) {
            if let Holder::Response(_) = holder {
                let spots = Spots::both(key, revised.0);
                let text = || {
                    let from = key.written();
                    format!(
                        "the media type `{from}` of {} is `{name}` now",
                        holder.told()
                    )
                };
                comparison
                    .teller
                    .tell(subject, likeness.rule(), spots, text);
            }
            pairs.push(((key, value), revised));
        }
    }
    for (name, (key, _)) in new {
        let id = holder.rule("request-body-media-type-added", "response-media-type-added");
        let text = || format!("{} has the media type `{name}` now", holder.told());
        comparison.teller.tell(subject, id, Spots::new(key), text);
    }
    for (from, to) in pairs {
        one(comparison, subject, holder, (from, to));
    }
}

type Member<'d> = (Node<'d>, Node<'d>);

fn media_types<'d>(body: Node<'d>) -> BTreeMap<&'d str, Member<'d>> {
    let members = body.get("content").into_iter().flat_map(Node::members);
    members
        .map(|(key, value)| (key.written(), (key, value)))
        .collect()
}

fn one<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    holder: Holder<'d>,
    ((key, was), (new_key, is)): (Member<'d>, Member<'d>),
) {
    let media_type = key.written();
    let schema = |node: Node<'d>| node.get("schema").filter(|it| it.kind() == Kind::Object);
    let (id, spots, text) = match (schema(was), schema(is)) {
        (None, None) => return,
        (Some(from), Some(to)) => {
            let pair = comparison.pairs.pair(from, to);
            let at = holder.at(media_type);
            let subject = subject.clone();
            return comparison.uses.push(Use { subject, at, pair });
        }
        (None, Some(to)) => (
            holder.rule(
                "request-body-media-type-schema-added",
                "response-body-media-type-schema-added",
            ),
            Spots::both(key, to),
            "has a schema now",
        ),
        (Some(from), None) => (
            holder.rule(
                "request-body-media-type-schema-removed",
                "response-body-media-type-schema-removed",
            ),
            Spots::both(from, new_key),
            "has no schema any more",
        ),
    };
    let text = || format!("the media type `{media_type}` of {} {text}", holder.told());
    comparison.teller.tell(subject, id, spots, text);
}

/// How a media type became another one that callers may take for it.
#[derive(Clone, Copy, Debug)]
enum Renamed {
    /// Its parameters changed.
    Parameters,
    /// `application/problem+json` became `application/json`.
    Generalized,
    /// `application/json` became `application/problem+json`, or is written otherwise.
    Specialized,
}

impl Renamed {
    const fn rule(self) -> &'static str {
        match self {
            Self::Parameters => "response-media-type-name-changed",
            Self::Generalized => "response-media-type-name-generalized",
            Self::Specialized => "response-media-type-name-specialized",
        }
    }
}

fn renamed(was: &str, is: &str) -> Option<Renamed> {
    let same = parameters(was) == parameters(is);
    let (was, is) = (essence(was), essence(is));
    let (was, is) = (was.to_ascii_lowercase(), is.to_ascii_lowercase());
    let (general, special) = (suffixed(&was, &is), was == is || suffixed(&is, &was));
    match (same, general, special) {
        (_, false, false) => None,
        (false, _, _) => Some(Renamed::Parameters),
        (true, _, true) => Some(Renamed::Specialized),
        (true, true, false) => Some(Renamed::Generalized),
    }
}

/// The parameters of a media type.
fn parameters(media_type: &str) -> BTreeSet<&str> {
    media_type.split(';').skip(1).map(str::trim).collect()
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    essence.trim()
}

/// Whether a media type is another one with a structured suffix (RFC 6838 section 4.2.8).
fn suffixed(special: &str, general: &str) -> bool {
    let parts = special.split_once('/').zip(general.split_once('/'));
    parts.is_some_and(|((kind, name), (of, suffix))| {
        kind == of && name.rsplit_once('+').is_some_and(|(_, end)| end == suffix)
    })
}
