//! What went wrong, for people: the answer to a request, and the help page of each kind of problem.

use askama::Template;

use crate::page::{
    code::Code,
    fact::Facts,
    form::Faults,
    frame::{Frame, Link, Theme},
    icon::Icon,
};

/// A request that could not be served: what, why, what next.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// The frame; its title is the title of the problem.
    pub frame: Frame,
    /// Status and reason phrase: `403 Forbidden`.
    pub status: String,
    /// Why, in a sentence or two.
    pub detail: String,
    /// The fields it concerns.
    pub faults: Faults,
    /// After a stale edit: theirs and mine.
    pub both_versions: Option<[Code; 2]>,
    /// What next; the first is the best.
    pub next: Vec<Link>,
    /// The id of the request, and the help page of this kind of problem.
    pub facts: Facts,
}

/// What a kind of problem means, at the address that its `type` names.
#[derive(Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    /// The frame; its title is the title of the problem.
    pub frame: Frame,
    /// Its status: `403`.
    pub status: u16,
    /// Its name in the address.
    pub slug: &'static str,
    /// What it is, in a sentence.
    pub what: &'static str,
    /// Why it happens.
    pub why: &'static [&'static str],
    /// What to do.
    pub mend: &'static [&'static str],
    /// A problem document of this kind.
    pub example: Option<Code>,
}
