//! Decisions of the gateways: the list, and one decision with what would have passed.

use askama::Template;

use crate::page::{
    badge::Tone,
    code::Code,
    empty::Empty,
    fact::Facts,
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::{Filters, Pages},
    moment::Moment,
    steps::Steps,
};

/// The decisions of the last 7 days.
#[derive(Template)]
#[template(path = "decisions.html")]
pub struct DecisionList {
    /// The frame.
    pub frame: Frame,
    /// API, application, reason, time.
    pub filters: Filters,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The decisions, the latest first.
    pub rows: Vec<DecisionRow>,
    /// The way on.
    pub pages: Pages,
}

/// One decision in the list.
pub struct DecisionRow {
    /// When.
    pub at: Moment,
    /// The reason in words, leading to the decision.
    pub reason: Link,
    /// The name of the reason, as records and callers have it.
    pub name: String,
    /// The status of the answer.
    pub status: u16,
    /// Method and path template.
    pub operation: String,
    /// `orders v1`.
    pub version: String,
    /// The application, if the token named one.
    pub application: String,
}

/// One decision.
#[derive(Template)]
#[template(path = "decision.html")]
pub struct DecisionPage {
    /// The frame.
    pub frame: Frame,
    /// Its id.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Good or bad.
    pub tone: Tone,
    /// `Refused: 403 insufficient_scope`.
    pub verdict: String,
    /// Why, in a sentence.
    pub words: String,
    /// Step by step.
    pub steps: Steps,
    /// Operation, application, token, gateway, snapshot.
    pub request: Facts,
    /// The problem document.
    pub answer: Option<Code>,
}
