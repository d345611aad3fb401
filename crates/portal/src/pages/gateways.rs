//! Gateways: which are there, and whether they are up to date.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    frame::{Frame, Theme},
    icon::Icon,
    moment::Moment,
};

/// Every gateway that was heard.
#[derive(Template)]
#[template(path = "gateways.html")]
pub struct GatewayList {
    /// The frame.
    pub frame: Frame,
    /// `The latest revision is 18,231`.
    pub revision_words: String,
    /// What is said when there is none.
    pub empty: Option<Empty>,
    /// The gateways, by name.
    pub rows: Vec<GatewayRow>,
    /// The command that runs another.
    pub enrol: Code,
}

/// One gateway.
pub struct GatewayRow {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub address: String,
    /// Up to date, behind or silent.
    pub state: Badge,
    /// What it must refuse by now because it is out of touch.
    pub refuses: Option<String>,
    /// The revision it applied.
    pub revision: String,
    /// How far it is behind: `0`, or `3, 2 s`.
    pub behind: String,
    /// When it was last heard.
    pub last_heard: Moment,
}
