//! The audit trail: one sentence for each event, and the seal that proves it whole.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    fact::Facts,
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::{Filters, Pages},
    moment::Moment,
};

/// The trail.
#[derive(Template)]
#[template(path = "audit.html")]
pub struct TrailPage {
    /// The frame.
    pub frame: Frame,
    /// Verified, not verified yet, or broken.
    pub seal: Badge,
    /// `to number 12,345, 14 s ago`; or the first bad number.
    pub seal_words: String,
    /// The Merkle root, in hexadecimal.
    pub root: String,
    /// Where the filtered events can be fetched.
    pub export: String,
    /// Action, actor, target, time.
    pub filters: Filters,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The events, the latest first.
    pub events: Vec<EventRow>,
    /// The way on.
    pub pages: Pages,
}

/// One event as a sentence: who, did what, to what.
pub struct EventRow {
    /// Its number.
    pub number: Link,
    /// Who, leading to everything they did.
    pub actor: Link,
    /// Did what: `published version v2 of`.
    pub verb: String,
    /// To what.
    pub target: Option<Link>,
    /// With what: `under the plan standard`; may be empty.
    pub detail: String,
    /// `Refused`, when it was.
    pub outcome: Option<Badge>,
    /// Its name in the catalogue: `version.publish`.
    pub action: String,
    /// By what means and from where: `portal, 192.0.2.7`.
    pub source: String,
    /// When.
    pub at: Moment,
}

/// One event.
#[derive(Template)]
#[template(path = "event.html")]
pub struct EventPage {
    /// The frame; its title is `Event 12,345`.
    pub frame: Frame,
    /// The sentence.
    pub sentence: String,
    /// Actor, source, request, target, hashes, when.
    pub facts: Facts,
    /// Before and after.
    pub changes: Vec<ChangeRow>,
    /// The exact bytes that were hashed.
    pub canonical: Code,
}

/// One field, before and after.
pub struct ChangeRow {
    /// The field.
    pub path: String,
    /// Before; `–` when it was not there.
    pub before: String,
    /// After; `–` when it is gone.
    pub after: String,
}
