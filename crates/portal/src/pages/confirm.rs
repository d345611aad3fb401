//! A page that is one form: to make something new, or to confirm an act that breaks something.

use askama::Template;

use crate::page::{
    code::Code,
    form::{Faults, Field},
    frame::{Frame, Theme},
    icon::Icon,
};

/// Make something new, or change it.
#[derive(Template)]
#[template(path = "form.html")]
pub struct FormPage {
    /// The frame.
    pub frame: Frame,
    /// What it is for, in a sentence; may be empty.
    pub lede: String,
    /// What was wrong.
    pub faults: Faults,
    /// The fields.
    pub fields: Vec<Field>,
    /// Where the form goes.
    pub action: String,
    /// What the button does: `Make the API`.
    pub button: &'static str,
    /// Where Cancel leads.
    pub back: String,
}

/// Confirm an act: what it does, what it breaks, and the name to type when it cannot be taken back.
/// A script shows the same page as a dialog.
#[derive(Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// The frame; its title is the act: `Retire orders v1`.
    pub frame: Frame,
    /// What was wrong.
    pub faults: Faults,
    /// What it does.
    pub sentences: Vec<String>,
    /// What it breaks: `3 applications, 1,240 calls today`.
    pub breaks: Vec<String>,
    /// The exact headers that answers will carry from then on.
    pub headers: Option<Code>,
    /// The entity tag of what is shown, sent back so that a stale page loses.
    pub revision: Option<String>,
    /// The fields: a reason, a day, the name.
    pub fields: Vec<Field>,
    /// How grave it is.
    pub weight: Weight,
    /// Where the form goes.
    pub action: String,
    /// What the button does: `Retire v1`.
    pub button: String,
    /// Where Cancel leads.
    pub back: String,
}

/// How grave an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It can be undone, or harms nobody.
    Plain,
    /// It cannot be undone, or stops callers.
    Final,
}

/// Shown as the class of its button.
impl std::fmt::Display for Weight {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Plain => "primary",
            Self::Final => "final",
        })
    }
}
