//! What a list says when it has nothing to list: why, and what comes next.

use askama::Template;

use super::{frame::Link, icon::Icon};

/// An empty state.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/empty.html")]
pub struct Empty {
    /// Its icon.
    pub icon: Icon,
    /// What is not there: `No token yet`.
    pub title: String,
    /// What will be there, in a sentence.
    pub words: String,
    /// What comes next; the first is the primary action.
    pub actions: Vec<Link>,
}
