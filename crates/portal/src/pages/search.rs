//! Search: what was found under several names. One hit is not listed but gone to.

use askama::Template;

use crate::page::{
    empty::Empty,
    frame::{Frame, Link, Theme},
    icon::Icon,
};

/// What was found.
#[derive(Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    /// The frame.
    pub frame: Frame,
    /// What is said when nothing was found.
    pub empty: Option<Empty>,
    /// What was found, the best first.
    pub rows: Vec<FoundRow>,
}

/// One thing that was found.
pub struct FoundRow {
    /// What it is: `API`, `Application`, `Token`.
    pub kind: &'static str,
    /// Its name.
    pub name: Link,
    /// Where it belongs: `of Acme`.
    pub context: String,
}
