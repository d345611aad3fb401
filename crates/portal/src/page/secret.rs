//! A secret on the one page that ever shows it.

use askama::Template;
use zeroize::Zeroizing;

use super::icon::Icon;

/// A secret, shown once: masked until revealed, copied by a button, wiped when the page has been written.
#[derive(Template)]
#[template(path = "parts/secret.html")]
pub struct ShownOnce {
    /// Its id on the page.
    pub id: &'static str,
    /// What it is: `Token of billing-worker`.
    pub label: String,
    /// The secret itself.
    pub value: Zeroizing<String>,
}
