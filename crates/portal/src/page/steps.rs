//! A verdict, step by step: what each rule looked at, what it found, and what would have passed.

use askama::Template;

use super::{
    badge::{Badge, Tone},
    frame::Link,
    icon::Icon,
};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It let the request on.
    Passed,
    /// It refused.
    Failed,
    /// It will let on, once something has happened or somebody has acted.
    Waiting,
    /// It was not reached.
    NotReached,
}

/// One rule, looked at.
#[derive(Clone, Debug)]
pub struct Step {
    /// How it ended.
    pub outcome: Outcome,
    /// The rule, in words: `The signature holds`.
    pub rule: String,
    /// What it compared.
    pub found: String,
    /// What would have passed, and where to mend it.
    pub mend: Option<Mend>,
}

/// What would have passed.
#[derive(Clone, Debug)]
pub struct Mend {
    /// In a sentence.
    pub words: String,
    /// Where to do it.
    pub link: Option<Link>,
}

impl Step {
    /// The outcome as a status.
    #[must_use]
    pub fn badge(&self) -> Badge {
        match self.outcome {
            Outcome::Passed => Badge::new(Tone::Good, Icon::Check, "Passed"),
            Outcome::Waiting => Badge::new(Tone::Warning, Icon::Pending, "Waiting"),
            Outcome::Failed => Badge::new(Tone::Bad, Icon::Cross, "Refused"),
            Outcome::NotReached => Badge::new(Tone::Quiet, Icon::Skipped, "Not reached"),
        }
    }
}

/// The steps of one verdict, in the order in which they were taken.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/steps.html")]
pub struct Steps(pub Vec<Step>);
