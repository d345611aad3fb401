//! Revocations: what is refused before its time, and since when everywhere.

use askama::Template;

use crate::page::{
    badge::Badge,
    empty::Empty,
    frame::{Frame, Theme},
    icon::Icon,
    list::{Filters, Pages},
    moment::Moment,
};

/// What was revoked.
#[derive(Template)]
#[template(path = "revocations.html")]
pub struct RevocationList {
    /// The frame.
    pub frame: Frame,
    /// Which are shown.
    pub filters: Filters,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The revocations, the newest first.
    pub rows: Vec<RevocationRow>,
    /// How to go on.
    pub pages: Pages,
}

/// One revocation.
pub struct RevocationRow {
    /// When.
    pub at: Moment,
    /// What it stops.
    pub kind: &'static str,
    /// What people call it.
    pub label: String,
    /// Which one it is.
    pub key: String,
    /// Where it is enforced, and how soon.
    pub state: Badge,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
}
