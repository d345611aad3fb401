//! The inspector: paste a token, see what it says and how a gateway would judge it.

use askama::Template;

use crate::page::{
    badge::Tone,
    code::Code,
    fact::Facts,
    form::{Faults, Field},
    frame::{Frame, Theme},
    icon::Icon,
    steps::Steps,
};

/// The inspector.
#[derive(Template)]
#[template(path = "inspector.html")]
pub struct InspectorPage {
    /// The frame.
    pub frame: Frame,
    /// The judgement, when a token was pasted.
    pub result: Option<Inspected>,
    /// What was wrong.
    pub faults: Faults,
    /// Where the token is pasted. It is never shown again.
    pub token: Field,
    /// The request it is judged for: method and path; may be left out.
    pub request: Vec<Field>,
}

/// What came of it.
pub struct Inspected {
    /// Good or bad.
    pub tone: Tone,
    /// `A gateway would refuse it: 401`.
    pub verdict: String,
    /// Why, in a sentence.
    pub words: String,
    /// Step by step.
    pub steps: Steps,
    /// The claims in words.
    pub claims: Facts,
    /// Header and payload, decoded; the signature is left out.
    pub decoded: Vec<Code>,
}
