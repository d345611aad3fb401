//! What is sent or answered in one media type: its fields, and an example.

use askama::Template;

use super::{code::Code, icon::Icon, prose::Prose};

/// One media type of a body.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/media.html")]
pub struct Media {
    /// Whose it is: `Fields of the request body, application/json`.
    pub label: String,
    /// The media type.
    pub media_type: String,
    /// What it holds, on one line.
    pub kind: String,
    /// `12 fields`.
    pub count: String,
    /// Whether the fields are shown without being asked for.
    pub is_open: bool,
    /// Its fields, those inside others behind them.
    pub fields: Vec<Member>,
    /// An example.
    pub example: Option<Code>,
}

/// A parameter, a header or a field.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Where it stands: `query`; nothing where that is plain.
    pub place: Option<String>,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it is, on one line.
    pub kind: String,
    /// What it is for.
    pub description: Prose,
    /// A value of it.
    pub example: Option<String>,
}
