//! The first page: what needs attention, then how the last day went.

use askama::Template;

use crate::page::{
    badge::{Badge, Tone},
    chart::{Hours, Meter},
    frame::{Frame, Link, Theme},
    icon::Icon,
    moment::Moment,
};

/// The first page of the console.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub frame: Frame,
    /// What needs somebody, the most urgent first.
    pub attention: Vec<Attention>,
    /// The way to the first call; empty once it has been made.
    pub first_steps: Vec<FirstStep>,
    /// Calls, refusals, latency, live tokens.
    pub figures: Vec<Figure>,
    /// Calls by hour.
    pub calls: Hours,
    /// Refusals by reason, the most frequent first.
    pub refusals: Vec<Refusals>,
    /// The signing keys that matter now.
    pub keys: Vec<KeyLine>,
}

/// Something that needs somebody.
pub struct Attention {
    /// How urgent.
    pub tone: Tone,
    /// What, in a sentence.
    pub words: String,
    /// Why it matters, or by when.
    pub hint: String,
    /// Where to act.
    pub link: Link,
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

/// One number of the day.
pub struct Figure {
    /// What is counted.
    pub name: &'static str,
    /// The number.
    pub value: String,
    /// What it is compared with.
    pub hint: String,
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

/// One signing key in a line.
pub struct KeyLine {
    /// Its state.
    pub state: Badge,
    /// Its key id, leading to the page of keys.
    pub kid: Link,
    /// Its algorithm and what comes next for it.
    pub words: String,
}
