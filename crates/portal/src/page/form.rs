//! Fields of forms. What was typed stays, and each fault stands at its field and in the list at the top.

use askama::Template;

use super::icon::Icon;

/// One field: label, control, hint, fault.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    /// Its name in the form, which is its id on the page as well.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// What a person types into.
    pub control: Control,
    /// What was typed, or what is proposed. Never a secret.
    pub value: String,
    /// What is expected, in a sentence.
    pub hint: Option<String>,
    /// What was wrong with what was typed.
    pub fault: Option<String>,
    /// Whether it may stay empty.
    pub need: Need,
    /// What the browser may fill in (the `autocomplete` of HTML).
    pub autocomplete: &'static str,
    /// The text that wakes the last button of the form.
    pub must_equal: Option<String>,
}

/// Whether a field may stay empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// What a person types into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// One line.
    Text,
    /// One line of code: a name, an id, an address.
    Mono,
    /// A password.
    Password,
    /// A whole number of something.
    Number {
        /// What is counted: `requests`.
        unit: &'static str,
    },
    /// A day.
    Date {
        /// The first day that makes sense, `2026-11-24`.
        earliest: String,
    },
    /// Several lines of prose.
    Prose,
    /// Several lines of code.
    Code,
    /// A file.
    File {
        /// What is accepted: `.json,.yaml,.yml`.
        accept: &'static str,
    },
    /// One of a few.
    Select(Vec<Choice>),
}

/// One choice of a select, a group of radio buttons or a group of check boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// More about it, or why it cannot be chosen.
    pub hint: Option<String>,
    /// Its state.
    pub state: ChoiceState,
}

/// The state of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceState {
    /// It is chosen.
    Chosen,
    /// It can be chosen.
    Open,
    /// It cannot be chosen; its hint says why.
    Closed,
}

impl Choice {
    /// Whether it is chosen.
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        self.state == ChoiceState::Chosen
    }

    /// Whether it cannot be chosen.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state == ChoiceState::Closed
    }
}

impl Field {
    /// A required field of this name, label and control.
    pub fn new(name: &'static str, label: impl Into<String>, control: Control) -> Self {
        Self {
            name,
            label: label.into(),
            control,
            value: String::new(),
            hint: None,
            fault: None,
            need: Need::Required,
            autocomplete: "off",
            must_equal: None,
        }
    }

    /// With this hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// With what was typed, or is proposed.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            ..self
        }
    }

    /// With what was wrong, if anything was.
    #[must_use]
    pub fn fault(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self {
            need: Need::Optional,
            ..self
        }
    }

    /// The browser may fill in this.
    #[must_use]
    pub fn autocomplete(self, what: &'static str) -> Self {
        Self {
            autocomplete: what,
            ..self
        }
    }

    /// The last button of the form waits for exactly this text.
    #[must_use]
    pub fn must_equal(self, text: impl Into<String>) -> Self {
        Self {
            must_equal: Some(text.into()),
            ..self
        }
    }

    /// Whether it may stay empty.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.need == Need::Optional
    }

    /// The ids of hint and fault, for `aria-describedby`; empty when there is neither.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let fault = self.fault.as_ref().map(|_| format!("{}-fault", self.name));
        [fault, hint]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What was wrong with a form, at its top: each a link to its field.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/faults.html")]
pub struct Faults(pub Vec<Fault>);

/// One fault of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The name of the field.
    pub field: String,
    /// What was wrong, in a sentence.
    pub words: String,
}

impl Faults {
    /// What is wrong with one field, if anything is.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.0
            .iter()
            .find(|fault| fault.field == field)
            .map(|fault| fault.words.clone())
    }
}
