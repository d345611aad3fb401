//! Usage: calls, refusals, errors and latency, by operation.

use askama::Template;

use crate::page::{
    chart::{Hours, Meter},
    empty::Empty,
    fact::Figures,
    frame::{Frame, Theme},
    icon::Icon,
    list::{Filters, Pages},
};

/// Usage in a span of time.
#[derive(Template)]
#[template(path = "usage.html")]
pub struct UsagePage {
    /// The frame.
    pub frame: Frame,
    /// The same as CSV.
    pub csv: String,
    /// API, version, application, time.
    pub filters: Filters,
    /// The sums.
    pub figures: Figures,
    /// Over time.
    pub calls: Hours,
    /// What is said when nothing was called.
    pub empty: Option<Empty>,
    /// By operation, the busiest first.
    pub rows: Vec<UsageRow>,
    /// The way on.
    pub pages: Pages,
}

/// The usage of one operation.
pub struct UsageRow {
    /// Its method.
    pub method: &'static str,
    /// Its path template.
    pub path: String,
    /// `orders v1`.
    pub version: String,
    /// The application.
    pub application: String,
    /// Its share of the busiest.
    pub meter: Meter,
    /// Calls.
    pub calls: String,
    /// Refused by a gateway.
    pub refused: String,
    /// Answered with an error by the upstream.
    pub errors: String,
}
