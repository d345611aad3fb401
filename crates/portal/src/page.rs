//! What every page is made of: the frame around it and the parts inside it.
//!
//! A part is a value with a template of its own, so that a page writes `{{ status }}` and `{{ last_used }}`
//! and nothing is spelled twice. Parts escape what they are given; the list at the end of this file is the
//! one place that calls HTML safe.

pub mod badge;
pub mod changes;
pub mod chart;
pub mod code;
pub mod empty;
pub mod fact;
pub mod findings;
pub mod form;
pub mod frame;
pub mod icon;
pub mod lanes;
pub mod list;
pub mod media;
pub mod moment;
pub mod number;
pub mod place;
pub mod prose;
pub mod remark;
pub mod said;
pub mod secret;
pub mod steps;

use askama::filters::HtmlSafe;

impl HtmlSafe for badge::Badge {}
impl HtmlSafe for changes::ChangeList {}
impl HtmlSafe for chart::Hours {}
impl HtmlSafe for chart::Meter {}
impl HtmlSafe for chart::Spark {}
impl HtmlSafe for code::Code {}
impl HtmlSafe for code::Elsewhere {}
impl HtmlSafe for empty::Empty {}
impl HtmlSafe for fact::Facts {}
impl HtmlSafe for fact::Figures {}
impl HtmlSafe for fact::Last {}
impl HtmlSafe for fact::Scopes {}
impl HtmlSafe for findings::FindingList {}
impl HtmlSafe for form::Faults {}
impl HtmlSafe for form::Field {}
impl HtmlSafe for frame::Flash {}
impl HtmlSafe for icon::Icon {}
impl HtmlSafe for lanes::Lanes {}
impl HtmlSafe for list::Filters {}
impl HtmlSafe for list::Pages {}
impl HtmlSafe for media::Media {}
impl HtmlSafe for moment::Moment {}
impl HtmlSafe for prose::Prose {}
impl HtmlSafe for remark::Dangers {}
impl HtmlSafe for remark::Remarks {}
impl HtmlSafe for said::Said<'_> {}
impl HtmlSafe for secret::ShownOnce {}
impl HtmlSafe for steps::Steps {}
