//! Facts: a name and what it is, one below the other; figures side by side; and what a token may open.

use askama::Template;

use super::{badge::Badge, frame::Link, icon::Icon, moment::Moment};

/// A list of facts.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/facts.html")]
pub struct Facts(pub Vec<Fact>);

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it is.
    pub value: Value,
    /// What it means, or what follows from it.
    pub hint: Option<String>,
}

/// What a fact is.
#[derive(Clone, Debug)]
pub enum Value {
    /// Words.
    Words(String),
    /// An id, an address, a setting.
    Code(String),
    /// Something with a page of its own.
    Link(Link),
    /// A time.
    Moment(Moment),
    /// A status.
    Status(Badge),
    /// Scopes.
    Scopes(Scopes),
    /// Code that one wants to have elsewhere.
    Copied {
        /// Its id on the page.
        id: &'static str,
        /// The code.
        text: String,
    },
}

impl Fact {
    /// A fact of this name.
    pub fn new(name: impl Into<String>, value: Value) -> Self {
        Self {
            name: name.into(),
            value,
            hint: None,
        }
    }

    /// A fact in words.
    pub fn words(name: impl Into<String>, words: impl Into<String>) -> Self {
        Self::new(name, Value::Words(words.into()))
    }

    /// A fact in code.
    pub fn code(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name, Value::Code(text.into()))
    }

    /// With what it means.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

/// Scopes, each as code; none is said in words.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/scopes.html")]
pub struct Scopes(pub Vec<String>);

/// When something was done for the last time, if ever.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/last.html")]
pub struct Last {
    /// When.
    pub at: Option<Moment>,
    /// What is said if never: `Never used`.
    pub never: &'static str,
}

impl Last {
    /// That time, or these words.
    #[must_use]
    pub fn new(at: Option<Moment>, never: &'static str) -> Self {
        Self { at, never }
    }
}

/// A few large numbers, side by side.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/figures.html")]
pub struct Figures(pub Vec<Figure>);

/// One large number.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is counted.
    pub name: &'static str,
    /// The number.
    pub value: String,
    /// What it is compared with.
    pub hint: String,
}
