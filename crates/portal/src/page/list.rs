//! What stands above and below a list: filters that live in the address, and the way to the next page.

use askama::Template;

use super::form::Field;

/// Filters above a list.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/filters.html")]
pub struct Filters {
    /// What they filter: `Filter the trail`.
    pub label: &'static str,
    /// The filters.
    pub fields: Vec<Field>,
    /// The list without filters, when there are some.
    pub clear: Option<String>,
}

/// What stands below a list that may be longer than a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/pages.html")]
pub struct Pages {
    /// What is shown, in words: `The latest 50 of 12,345 events`.
    pub shown: String,
    /// Back to the start, unless this is it.
    pub first: Option<String>,
    /// The next page, if there is one.
    pub next: Option<String>,
}
