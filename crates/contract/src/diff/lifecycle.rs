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
}

/// A date, or a moment, of RFC 3339.
fn date(text: &str) -> Option<Timestamp> {
    let moment = |text: &str| text.parse().ok();
    moment(text).or_else(|| moment(&format!("{text}T00:00:00Z")))
}

/// The stability levels something had and has, where what is no level counts as stable, and what was written there
/// instead of one, unless both documents say so.
pub(crate) struct Levels<'d> {
    pub(crate) was: Stability,
    pub(crate) is: Stability,
    pub(crate) none: Vec<Node<'d>>,
}

impl Levels<'_> {
    /// Whether one level became another; what is no level becomes none.
    pub(crate) fn differ(&self) -> bool {
        self.none.is_empty() && self.was != self.is
    }
}

impl<'d> Levels<'d> {
    pub(crate) fn of(was: Option<Node<'d>>, is: Option<Node<'d>>) -> Self {
        let level = |node: Option<Node<'d>>| match node {
            None => Ok(Stability::Stable),
            Some(node) => node.written().parse().map_err(|_| node),
        };
        let none = |node| level(node).err();
        let written = |node: Option<Node<'d>>| node.map(Node::written);
        let none = [none(was), none(is)].into_iter().flatten();
        Self {
            was: level(was).unwrap_or(Stability::Stable),
            is: level(is).unwrap_or(Stability::Stable),
            none: none.filter(|_| written(was) != written(is)).collect(),
        }
    }
}

/// How the end of something that both documents have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Deprecated,
    DeprecatedWithSunset,
    SunsetMissing,
    SunsetUnreadable,
    SunsetTooSoon,
    Reactivated,
    /// It was deprecated before, and its date is gone.
    SunsetDeleted,
    /// It was deprecated before, and its date is none.
    StillUnreadable,
    /// It was deprecated before, and its date came closer.
    MovedTooSoon,
}

impl Ending {
    /// Where the two objects say what is told: by their date, or by `deprecated` where none has one.
    pub(crate) fn spots<'d>(self, was: Node<'d>, is: Node<'d>) -> Spots<'d> {
        let dated = match self {
            Self::Deprecated | Self::SunsetMissing | Self::Reactivated => None,
            Self::DeprecatedWithSunset
            | Self::SunsetUnreadable
            | Self::SunsetTooSoon
            | Self::SunsetDeleted
            | Self::StillUnreadable
            | Self::MovedTooSoon => Some("x-sunset"),
        };
        let place = |object: Node<'d>| {
            let date = dated.and_then(|key| object.get(key));
            date.or(object.get("deprecated")).unwrap_or(object)
        };
        Spots::both(place(was), place(is))
    }

    /// The rule of an endpoint.
    pub(crate) const fn of_endpoint(self) -> &'static str {
        match self {
            Self::Deprecated => "endpoint-deprecated",
            Self::DeprecatedWithSunset => "endpoint-deprecated-with-sunset",
            Self::SunsetMissing => "api-deprecated-sunset-missing",
            Self::SunsetUnreadable => "api-deprecated-sunset-parse",
            Self::SunsetTooSoon => "api-sunset-date-too-small",
            Self::Reactivated => "endpoint-reactivated",
            Self::SunsetDeleted => "sunset-deleted",
            Self::StillUnreadable => "api-path-sunset-parse",
            Self::MovedTooSoon => "api-sunset-date-changed-too-small",
        }
    }

    /// The rule of a parameter.
    pub(crate) const fn of_parameter(self) -> &'static str {
        match self {
            Self::Deprecated | Self::DeprecatedWithSunset => "request-parameter-deprecated",
            Self::SunsetMissing => "request-parameter-deprecated-sunset-missing",
            Self::SunsetUnreadable | Self::StillUnreadable => "request-parameter-sunset-parse",
            Self::SunsetTooSoon => "request-parameter-sunset-date-too-small",
            Self::Reactivated => "request-parameter-reactivated",
            Self::SunsetDeleted => "request-parameter-sunset-deleted",
            Self::MovedTooSoon => "request-parameter-sunset-date-changed-too-small",
        }
    }

    /// What the rule of a property ends with. Of one that was deprecated before, only its return is told.
    pub(crate) const fn of_property(self) -> Option<&'static str> {
        match self {
            Self::Deprecated => Some("deprecated"),
            Self::DeprecatedWithSunset => Some("deprecated-with-sunset"),
            Self::SunsetMissing => Some("deprecated-sunset-missing"),
            Self::SunsetUnreadable => Some("deprecated-sunset-invalid"),
            Self::SunsetTooSoon => Some("sunset-date-too-small"),
            Self::Reactivated => Some("reactivated"),
            Self::SunsetDeleted | Self::StillUnreadable | Self::MovedTooSoon => None,
        }
    }
}

/// How the end of something at this level changed, and what is told of it.
pub(crate) fn ending(
    settings: &Settings,
    level: Stability,
    was: Lifetime<'_>,
    is: Lifetime<'_>,
) -> Option<(Ending, String)> {
    let days = settings.days(level);
    Some(match (was, is) {
        (Lifetime::Lasting, Lifetime::Lasting) => return None,
        (Lifetime::Lasting, Lifetime::Deprecated) if days > 0 => (
            Ending::SunsetMissing,
            format!(
                "is deprecated now and has no `x-sunset`, which must be at least {days} days away"
            ),
        ),
        (Lifetime::Lasting, Lifetime::Deprecated) => {
            (Ending::Deprecated, "is deprecated now".to_owned())
        }
        (Lifetime::Lasting, Lifetime::Unreadable(date)) => {
            (Ending::SunsetUnreadable, unreadable(date))
        }
        (Lifetime::Lasting, Lifetime::Sunset(date, at)) if !settings.leaves_time(at, level) => (
            Ending::SunsetTooSoon,
            format!(
                "is deprecated now, and its sunset on {} is not at least {days} days away",
                date.written()
            ),
        ),
        (Lifetime::Lasting, Lifetime::Sunset(date, _)) => (
            Ending::DeprecatedWithSunset,
            format!("is deprecated now, with its sunset on {}", date.written()),
        ),
        (_, Lifetime::Lasting) => (Ending::Reactivated, "is no longer deprecated".to_owned()),
        (Lifetime::Unreadable(old), Lifetime::Unreadable(new))
            if old.written() == new.written() =>
        {
            return None;
        }
        (Lifetime::Sunset(date, _) | Lifetime::Unreadable(date), Lifetime::Deprecated) => (
            Ending::SunsetDeleted,
            format!(
                "is still deprecated, and its sunset on {} is gone",
                date.written()
            ),
        ),
        (Lifetime::Unreadable(date), Lifetime::Sunset(..) | Lifetime::Unreadable(_))
        | (Lifetime::Sunset(..), Lifetime::Unreadable(date)) => {
            (Ending::StillUnreadable, unreadable(date))
        }
        (Lifetime::Sunset(old, from), Lifetime::Sunset(new, to))
            if to < from && !settings.leaves_time(to, level) =>
        {
            let (old, new) = (old.written(), new.written());
            (
                Ending::MovedTooSoon,
                format!("has its sunset on {new}, where it was {old}, which is too soon"),
            )
        }
        (Lifetime::Sunset(..), Lifetime::Sunset(..)) | (Lifetime::Deprecated, _) => return None,
    })
}

fn unreadable(date: Node<'_>) -> String {
    let date = date.written();
    format!("has `{date}` as its `x-sunset`, which is no date; write one as 2027-12-31")
}

/// How something went that only the base has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    Unannounced,
    Announced,
    BeforeSunset,
    SunsetUnreadable,
}

impl Gone {
    /// Where it stands what is told of it: what went, or the date that is none.
    pub(crate) fn spots<'d>(self, place: Node<'d>, object: Node<'d>) -> Spots<'d> {
        let date = object.get("x-sunset");
        match self {
            Self::Unannounced | Self::Announced | Self::BeforeSunset => Spots::gone(place),
            Self::SunsetUnreadable => Spots::gone(date.unwrap_or(place)),
        }
    }
}

/// How something went, and what is told of it; nothing of what went after its sunset.
pub(crate) fn gone(now: Timestamp, was: Lifetime<'_>) -> Option<(Gone, String)> {
    Some(match was {
        Lifetime::Lasting => (
            Gone::Unannounced,
            "is gone, and was not deprecated".to_owned(),
        ),
        Lifetime::Deprecated => (Gone::Announced, "is gone; it was deprecated".to_owned()),
        Lifetime::Sunset(date, at) if now < at => (
            Gone::BeforeSunset,
            format!("is gone before its sunset on {}", date.written()),
        ),
        Lifetime::Sunset(..) => return None,
        Lifetime::Unreadable(date) => (Gone::SunsetUnreadable, unreadable(date)),
    })
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
    let level = get("x-stability-level");
    if Levels::of(level, level).was < settings.stability {
        return;
    }
    let Some((gone, text)) = gone(settings.now, Lifetime::of(get)) else {
        return;
    };
    let id = match (gone, with_path) {
        (Gone::Unannounced, true) => "api-path-removed-without-deprecation",
        (Gone::Unannounced, false) => "api-removed-without-deprecation",
        (Gone::Announced, true) => "api-path-removed-with-deprecation",
        (Gone::Announced, false) => "api-removed-with-deprecation",
        (Gone::BeforeSunset, true) => "api-path-removed-before-sunset",
        (Gone::BeforeSunset, false) => "api-removed-before-sunset",
        (Gone::SunsetUnreadable, _) => "api-path-sunset-parse",
    };
    let what = if with_path { "path" } else { "endpoint" };
    let text = || format!("the {what} {text}");
    let spots = gone.spots(endpoint.key, endpoint.node);
    comparison.teller.tell(subject, id, spots, text);
}
