//! Lifecycle: deprecation with or without a sunset date, removal, and stability levels.
//!
//! `deprecated` announces that something goes, `x-sunset` says when, and `x-stability-level` how far it may be relied
//! on. What goes after its sunset goes without a word.

use gatewright_domain::time::Timestamp;

use crate::{
    diff::{
        Comparison,
        endpoints::Endpoint,
        settings::{Settings, Stability},
        teller::{Spots, Subject},
    },
    tree::node::Node,
};

/// What something says of its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lifetime<'d> {
    /// It is here to stay.
    Lasting,
    /// It is deprecated, with no date.
    Deprecated,
    /// It is deprecated and ends at a date.
    Sunset(Node<'d>, Timestamp),
    /// It is deprecated, and what should be its date is none.
    Unreadable(Node<'d>),
}

impl<'d> Lifetime<'d> {
    /// What an object with `deprecated` and `x-sunset` says.
    pub(crate) fn of(get: impl Fn(&str) -> Option<Node<'d>>) -> Self {
        if get("deprecated").and_then(Node::boolean) != Some(true) {
            return Self::Lasting;
        }
        match get("x-sunset") {
            None => Self::Deprecated,
            Some(node) => {
                date(node.written()).map_or(Self::Unreadable(node), |at| Self::Sunset(node, at))
            }
        }
    }

    fn place(self) -> Option<Node<'d>> {
        match self {
            Self::Lasting | Self::Deprecated => None,
            Self::Sunset(node, _) | Self::Unreadable(node) => Some(node),
        }
    }
}

/// A date, or a moment, of RFC 3339.
fn date(text: &str) -> Option<Timestamp> {
    let moment = |text: &str| text.parse().ok();
    moment(text).or_else(|| moment(&format!("{text}T00:00:00Z")))
}

/// The stability level something says; `Err` with what it says when that is none.
pub(crate) fn stability<'d>(get: impl Fn(&str) -> Option<Node<'d>>) -> Result<Stability, Node<'d>> {
    match get("x-stability-level") {
        None => Ok(Stability::Stable),
        Some(level) => level.written().parse().map_err(|_| level),
    }
}

/// An endpoint that the revision does not have; with its whole path, or alone.
pub(crate) fn removed<'d>(
    comparison: &mut Comparison<'d, '_>,
    subject: &Subject<'d>,
    endpoint: Endpoint<'d>,
    with_path: bool,
) {
    let settings = comparison.settings;
    let get = |key: &str| endpoint.node.get(key);
    if stability(get).is_ok_and(|level| level < settings.stability) {
        return;
    }
    let (id, text) = match (Lifetime::of(get), with_path) {
        (Lifetime::Lasting, true) => (
            "api-path-removed-without-deprecation",
            "the path is gone, and it was not deprecated".to_owned(),
        ),
        (Lifetime::Lasting, false) => (
            "api-removed-without-deprecation",
            "the endpoint is gone, and it was not deprecated".to_owned(),
        ),
        (Lifetime::Deprecated, true) => (
            "api-path-removed-with-deprecation",
            "the path is gone; it was deprecated".to_owned(),
        ),
        (Lifetime::Deprecated, false) => (
            "api-removed-with-deprecation",
            "the endpoint is gone; it was deprecated".to_owned(),
        ),
        (Lifetime::Sunset(date, at), with_path) if settings.now < at => (
            if with_path {
                "api-path-removed-before-sunset"
            } else {
                "api-removed-before-sunset"
            },
            format!(
                "the endpoint is gone before its sunset on {}",
                date.written()
            ),
        ),
        (Lifetime::Sunset(..), _) => return,
        (Lifetime::Unreadable(date), _) => ("api-path-sunset-parse", unreadable(date)),
    };
    let spots = Spots::gone(endpoint.key);
    comparison.teller.tell(subject, id, spots, || text);
}

fn unreadable(date: Node<'_>) -> String {
    format!(
        "`x-sunset` is `{}`, which is no date; write one as 2027-12-31",
        date.written()
    )
}

/// The rule that tells of a lifetime that changed, and what it says of it. One for endpoints, one for parameters and
/// one for properties, because their rules have different names.
pub(crate) type Ending<'d> = (&'static str, String, Option<Node<'d>>);

/// How the end of an endpoint changed.
pub(crate) fn of_endpoint<'d>(
    settings: &Settings,
    level: Stability,
    was: Lifetime<'d>,
    is: Lifetime<'d>,
) -> Option<Ending<'d>> {
    let (id, text) = match (was, is) {
        (Lifetime::Lasting, Lifetime::Lasting) => return None,
        (Lifetime::Lasting, Lifetime::Deprecated) if settings.days(level) > 0 => (
            "api-deprecated-sunset-missing",
            sunset_missing(settings, level),
        ),
        (Lifetime::Lasting, Lifetime::Deprecated) => (
            "endpoint-deprecated",
            "the endpoint is deprecated now".to_owned(),
        ),
        (Lifetime::Lasting, Lifetime::Unreadable(date)) => {
            ("api-deprecated-sunset-parse", unreadable(date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, at)) if !settings.leaves_time(at, level) => {
            ("api-sunset-date-too-small", too_soon(settings, level, date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, _)) => (
            "endpoint-deprecated-with-sunset",
            format!(
                "the endpoint is deprecated now, with its sunset on {}",
                date.written()
            ),
        ),
        (_, Lifetime::Lasting) => (
            "endpoint-reactivated",
            "the endpoint is no longer deprecated".to_owned(),
        ),
        (was, is) => {
            return revised(settings, level, was, is).map(|(rule, text)| {
                let id = match rule {
                    Revised::Deleted => "sunset-deleted",
                    Revised::Unreadable => "api-path-sunset-parse",
                    Revised::TooSoon => "api-sunset-date-changed-too-small",
                };
                (id, text, is.place())
            });
        }
    };
    Some((id, text, is.place()))
}

/// How the end of a parameter changed.
pub(crate) fn of_parameter<'d>(
    settings: &Settings,
    level: Stability,
    was: Lifetime<'d>,
    is: Lifetime<'d>,
) -> Option<Ending<'d>> {
    let (id, text) = match (was, is) {
        (Lifetime::Lasting, Lifetime::Lasting) => return None,
        (Lifetime::Lasting, Lifetime::Deprecated) if settings.days(level) > 0 => (
            "request-parameter-deprecated-sunset-missing",
            sunset_missing(settings, level),
        ),
        (Lifetime::Lasting, Lifetime::Deprecated) => (
            "request-parameter-deprecated",
            "is deprecated now".to_owned(),
        ),
        (Lifetime::Lasting, Lifetime::Unreadable(date)) => {
            ("request-parameter-sunset-parse", unreadable(date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, at)) if !settings.leaves_time(at, level) => (
            "request-parameter-sunset-date-too-small",
            too_soon(settings, level, date),
        ),
        (Lifetime::Lasting, Lifetime::Sunset(date, _)) => (
            "request-parameter-deprecated",
            format!("is deprecated now, with its sunset on {}", date.written()),
        ),
        (_, Lifetime::Lasting) => (
            "request-parameter-reactivated",
            "is no longer deprecated".to_owned(),
        ),
        (was, is) => {
            return revised(settings, level, was, is).map(|(rule, text)| {
                let id = match rule {
                    Revised::Deleted => "request-parameter-sunset-deleted",
                    Revised::Unreadable => "request-parameter-sunset-parse",
                    Revised::TooSoon => "request-parameter-sunset-date-changed-too-small",
                };
                (id, text, is.place())
            });
        }
    };
    Some((id, text, is.place()))
}

/// A parameter that the revision does not have.
pub(crate) fn of_removed_parameter(
    now: Timestamp,
    was: Lifetime<'_>,
) -> Option<(&'static str, String)> {
    Some(match was {
        Lifetime::Lasting => ("request-parameter-removed", "is gone".to_owned()),
        Lifetime::Deprecated => (
            "request-parameter-removed-with-deprecation",
            "is gone; it was deprecated".to_owned(),
        ),
        Lifetime::Sunset(date, at) if now < at => (
            "request-parameter-removed-before-sunset",
            format!("is gone before its sunset on {}", date.written()),
        ),
        Lifetime::Sunset(..) => return None,
        Lifetime::Unreadable(date) => ("request-parameter-sunset-parse", unreadable(date)),
    })
}

/// How the end of a property changed: what its rule's name ends with.
pub(crate) fn of_property<'d>(
    settings: &Settings,
    level: Stability,
    was: Lifetime<'d>,
    is: Lifetime<'d>,
) -> Option<Ending<'d>> {
    let (name, text) = match (was, is) {
        (Lifetime::Lasting, Lifetime::Deprecated) if settings.days(level) > 0 => {
            ("deprecated-sunset-missing", sunset_missing(settings, level))
        }
        (Lifetime::Lasting, Lifetime::Deprecated) => ("deprecated", "is deprecated now".to_owned()),
        (Lifetime::Lasting, Lifetime::Unreadable(date)) => {
            ("deprecated-sunset-invalid", unreadable(date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, at)) if !settings.leaves_time(at, level) => {
            ("sunset-date-too-small", too_soon(settings, level, date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, _)) => (
            "deprecated-with-sunset",
            format!("is deprecated now, with its sunset on {}", date.written()),
        ),
        (
            Lifetime::Deprecated | Lifetime::Sunset(..) | Lifetime::Unreadable(_),
            Lifetime::Lasting,
        ) => ("reactivated", "is no longer deprecated".to_owned()),
        (_, _) => return None,
    };
    Some((name, text, is.place()))
}

/// What is wrong with the end of something that was deprecated and still is.
enum Revised {
    Deleted,
    Unreadable,
    TooSoon,
}

fn revised(
    settings: &Settings,
    level: Stability,
    was: Lifetime<'_>,
    is: Lifetime<'_>,
) -> Option<(Revised, String)> {
    match (was, is) {
        (Lifetime::Unreadable(date), _) | (_, Lifetime::Unreadable(date)) => {
            Some((Revised::Unreadable, unreadable(date)))
        }
        (Lifetime::Sunset(date, _), Lifetime::Deprecated) => Some((
            Revised::Deleted,
            format!(
                "is still deprecated, and its sunset on {} is gone",
                date.written()
            ),
        )),
        (Lifetime::Sunset(old, from), Lifetime::Sunset(new, to))
            if to < from && !settings.leaves_time(to, level) =>
        {
            let (old, new) = (old.written(), new.written());
            Some((
                Revised::TooSoon,
                format!("the sunset moved from {old} to {new}, which is too soon"),
            ))
        }
        (_, _) => None,
    }
}

fn sunset_missing(settings: &Settings, level: Stability) -> String {
    let days = settings.days(level);
    format!(
        "is deprecated now without `x-sunset`; a date at least {days} days away must stand there"
    )
}

fn too_soon(settings: &Settings, level: Stability, date: Node<'_>) -> String {
    let days = settings.days(level);
    let date = date.written();
    format!("is deprecated now, and its sunset on {date} is not at least {days} days away")
}
