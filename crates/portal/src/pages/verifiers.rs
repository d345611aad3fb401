//! Verifiers that are not ours, for one version.

use askama::Template;

use crate::page::{
    code::Code,
    fact::Facts,
    frame::{Frame, Theme},
    icon::Icon,
};

/// A configuration, with the others a click away.
#[derive(Template)]
#[template(path = "verifiers.html")]
pub struct VerifiersPage {
    /// The frame.
    pub frame: Frame,
    /// Every verifier there is a configuration for.
    pub choices: Vec<Choice>,
    /// What this one is, and how it verifies.
    pub what: &'static str,
    /// What any verifier must know.
    pub facts: Facts,
    /// The configuration.
    pub configuration: Code,
    /// How to try it.
    pub trial: Code,
}

/// A verifier to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub name: &'static str,
    /// The page with its configuration.
    pub href: String,
    /// Whether it is this page.
    pub is_chosen: bool,
}
