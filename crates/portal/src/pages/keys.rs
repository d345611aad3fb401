//! Signing keys: next, active, draining, retired.

use askama::Template;

use crate::page::{
    badge::Badge,
    fact::Facts,
    frame::{Frame, Theme},
    icon::Icon,
    lanes::Lanes,
    remark::Dangers,
};

/// The signing keys.
#[derive(Template)]
#[template(path = "keys.html")]
pub struct KeysPage {
    /// The frame.
    pub frame: Frame,
    /// The ring, in a sentence.
    pub ring: String,
    /// The keys against dates.
    pub timeline: Lanes,
    /// The keys: next, active, draining, then the retired.
    pub keys: Vec<KeyRow>,
    /// JWKS and issuer.
    pub addresses: Facts,
    /// Declaring a key compromised.
    pub dangers: Dangers,
}

/// One signing key.
pub struct KeyRow {
    /// Its key id.
    pub kid: String,
    /// Its ring and its age: `access, ES256, 12 days old`.
    pub ring: String,
    /// Its state.
    pub state: Badge,
    /// Whether it is retired.
    pub over: bool,
    /// From when to when it signed, in words.
    pub signs: String,
    /// Tokens it signed that still live.
    pub live_tokens: String,
    /// What comes next: `Retires 1 Dec 2026, 08:00 UTC`.
    pub next: String,
    /// Why then: `its last token expires at 07:59`.
    pub why: String,
}
