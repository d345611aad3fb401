//! The first page: what needs attention, then how the last day went.

use askama::Template;

use crate::page::{
    chart::{Hours, Meter},
    fact::{Facts, Figures},
    frame::{Frame, Link, Theme},
    icon::Icon,
    moment::Moment,
    remark::Remarks,
};

/// The first page of the console.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub frame: Frame,
    /// What needs somebody, the most urgent first.
    pub attention: Remarks,
    /// The way to the first call; empty once it has been made.
    pub first_steps: Vec<FirstStep>,
    /// Calls, refusals, latency, live tokens.
    pub figures: Figures,
    /// Calls by hour.
    pub calls: Hours,
    /// Refusals by reason, the most frequent first.
    pub refusals: Vec<Refusals>,
    /// The signing keys that matter now.
    pub keys: Facts,
}

/// One step on the way to the first call.
pub struct FirstStep {
    /// Whether it has been taken.
    pub done: bool,
    /// Whether it is the next to take.
    pub next: bool,
    /// What: `Import a contract`.
    pub title: String,
    /// Why, in a sentence.
    pub words: String,
    /// Where.
    pub link: Link,
}

impl FirstStep {
    /// A tick, or an open circle.
    #[must_use]
    pub fn icon(&self) -> Icon {
        if self.done {
            Icon::Published
        } else {
            Icon::Draft
        }
    }
}

/// The refusals of one reason.
pub struct Refusals {
    /// The reason, leading to its decisions.
    pub reason: Link,
    /// The status of the answer.
    pub status: u16,
    /// Its share of all refusals.
    pub meter: Meter,
    /// How many calls.
    pub calls: String,
    /// Of how many applications.
    pub applications: String,
    /// The last one.
    pub last: Moment,
}
