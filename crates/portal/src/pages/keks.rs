//! Key-encryption keys: active, superseded, known, retired.

use askama::Template;

use crate::page::{
    badge::Badge,
    frame::{Frame, Theme},
    icon::Icon,
};

/// The key-encryption keys.
#[derive(Template)]
#[template(path = "keks.html")]
pub struct KeksPage {
    /// The frame.
    pub frame: Frame,
    /// How much rests where, in a sentence.
    pub rest: String,
    /// The keys, oldest first.
    pub keks: Vec<KekRow>,
}

/// One key-encryption key.
pub struct KekRow {
    /// Its name.
    pub id: String,
    /// `File, 12 days old`.
    pub source: String,
    /// Its state.
    pub state: Badge,
    /// Whether it is retired.
    pub over: bool,
    /// Since when it is in that state, in words.
    pub since: String,
    /// How many secrets rest under it.
    pub secrets: String,
    /// Whether it answered when it was last asked; nothing when nobody has asked.
    pub health: Option<Badge>,
    /// How fast, or why not.
    pub told: String,
}
