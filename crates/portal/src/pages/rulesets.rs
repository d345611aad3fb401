//! The ruleset of an API: chosen, or written.

use askama::Template;

use crate::{
    page::{
        findings::FindingList,
        form::{Faults, Field},
        frame::{Frame, Theme},
        icon::Icon,
    },
    pages::contracts::NotRunRow,
};

/// Choose the ruleset of an API.
#[derive(Template)]
#[template(path = "ruleset.html")]
pub struct RulesetPage {
    /// The frame; its title is `Ruleset of orders`.
    pub frame: Frame,
    /// What is chosen now, in a sentence.
    pub now: String,
    /// What of it is not run.
    pub not_run: Vec<NotRunRow>,
    /// What was wrong with the form.
    pub faults: Faults,
    /// Where the text that was sent cannot be read.
    pub findings: Option<FindingList>,
    /// The fields: which one, and the text of one's own.
    pub fields: Vec<Field>,
    /// The number of the choice that is shown.
    pub revision: String,
    /// Where the form goes.
    pub action: String,
    /// Where Cancel leads.
    pub back: String,
}
