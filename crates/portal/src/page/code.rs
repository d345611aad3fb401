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
    /// The command.
    pub command: Code,
}

impl Elsewhere {
    /// The same view by this call and by this command.
    pub fn new(curl: impl Into<String>, command: impl Into<String>) -> Self {
        Self {
            curl: Code::new("as-curl", "curl", curl),
            command: Code::new("as-command", "gatewright", command),
        }
    }
}
