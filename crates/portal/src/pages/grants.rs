//! Grants: which applications keep something alive, and for whom.

use askama::Template;

use crate::page::{
    badge::Badge,
    empty::Empty,
    fact::{Last, Scopes},
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::Pages,
    moment::Moment,
};

/// The grants of an application, or those that a person allowed.
#[derive(Template)]
#[template(path = "grants.html")]
pub struct GrantList {
    /// The frame.
    pub frame: Frame,
    /// What they are, in a sentence.
    pub lede: &'static str,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The grants, the latest first.
    pub rows: Vec<GrantRow>,
    /// The way on.
    pub pages: Pages,
}

/// One grant.
pub struct GrantRow {
    /// What it is called.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The application that holds it.
    pub application: Link,
    /// Who allowed it.
    pub person: String,
    /// Live, ended or revoked.
    pub state: Badge,
    /// Whether it opens nothing any more.
    pub over: bool,
    /// What it is for: `orders/v1`.
    pub versions: String,
    /// Its scopes.
    pub scopes: Scopes,
    /// When it began.
    pub begun: Moment,
    /// When it ends by itself, or did.
    pub ends: Last,
    /// Where it is revoked, while it can be.
    pub revoke: Option<String>,
}
