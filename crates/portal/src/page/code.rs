//! Code to read or to paste.

use askama::Template;

use super::icon::Icon;

/// A block of code with a button that copies it.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/code.html")]
pub struct Code {
    /// Its id on the page.
    pub id: String,
    /// What it is: `curl`, `Response headers`, `Header`.
    pub name: String,
    /// The code.
    pub text: String,
}

impl Code {
    /// A block of this id, name and text.
    pub fn new(id: impl Into<String>, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            text: text.into(),
        }
    }
}

/// The same view by other means, folded at the end of a page.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/elsewhere.html")]
pub struct Elsewhere {
    /// The call of the JSON API.
    pub curl: Code,
    /// The command, where there is one.
    pub command: Option<Code>,
}

impl Elsewhere {
    /// The same view by this call.
    pub fn new(curl: impl Into<String>) -> Self {
        Self {
            curl: Code::new("as-curl", "curl", curl),
            command: None,
        }
    }

    /// And by this command.
    #[must_use]
    pub fn or(self, command: impl Into<String>) -> Self {
        let command = Some(Code::new("as-command", "gatewright", command));
        Self { command, ..self }
    }
}
