//! References: the operations of a version for those who call them, as a list and each whole.

use askama::Template;

use crate::page::{
    badge::Badge,
    code::Code,
    empty::Empty,
    frame::{Frame, Link, Theme},
    icon::Icon,
    list::{Filters, Pages},
    media::{Media, Member},
    prose::Prose,
};

/// The operations of a version.
#[derive(Template)]
#[template(path = "reference.html")]
pub struct ReferencePage {
    /// The frame; its title is `Reference of orders v1`.
    pub frame: Frame,
    /// The lifecycle of the version.
    pub state: Badge,
    /// Where the contract can be fetched.
    pub download: Option<String>,
    /// Where applications subscribe and get tokens, while the version answers.
    pub subscribe: Option<Link>,
    /// Where callers find the version.
    pub address: String,
    /// Words and tag.
    pub filters: Filters,
    /// What is said when there is no operation, or none is found.
    pub empty: Option<Empty>,
    /// What is left out, if anything is.
    pub cut: bool,
    /// The operations by their tags.
    pub groups: Vec<OperationGroup>,
    /// The way on.
    pub pages: Pages,
}

/// The operations of a tag.
pub struct OperationGroup {
    /// The tag.
    pub name: String,
    /// What the contract says of it.
    pub description: Prose,
    /// The operations.
    pub rows: Vec<OperationLine>,
}

/// One operation in the list.
pub struct OperationLine {
    /// Its method.
    pub method: &'static str,
    /// Its path template, leading to its page.
    pub path: Link,
    /// Its summary; may be empty.
    pub summary: String,
    /// Whether the contract calls it deprecated.
    pub deprecated: bool,
    /// The alternatives of scopes, any of which is enough; empty when it requires none.
    pub requires: Vec<Vec<String>>,
}

/// One operation.
#[derive(Template)]
#[template(path = "reference_operation.html")]
pub struct OperationPage {
    /// The frame; its title is the summary, or the method and path.
    pub frame: Frame,
    /// Whether the contract calls it deprecated.
    pub state: Option<Badge>,
    /// Where the contract can be fetched.
    pub download: String,
    /// Where applications subscribe and get tokens, while the version answers.
    pub subscribe: Option<Link>,
    /// Its method.
    pub method: &'static str,
    /// Its path template.
    pub path: String,
    /// What it does.
    pub description: Prose,
    /// The version as callers name it: `orders v1`.
    pub version: String,
    /// A call by curl.
    pub call: Code,
    /// The alternatives of scopes, any of which is enough; empty when it requires none.
    pub requires: Vec<Vec<String>>,
    /// Its parameters.
    pub parameters: Vec<Member>,
    /// The body it takes.
    pub body: Option<Body>,
    /// Its responses.
    pub responses: Vec<Response>,
    /// What is left out, if anything is.
    pub cut: bool,
    /// The operation before it.
    pub previous: Option<String>,
    /// The operation after it.
    pub next: Option<String>,
}

/// The body of a request.
pub struct Body {
    /// Whether it must be there.
    pub is_required: bool,
    /// What it is.
    pub description: Prose,
    /// The forms it may take.
    pub media: Vec<Media>,
}

/// A response.
pub struct Response {
    /// Its status, a range of them, or `default`.
    pub status: String,
    /// When it comes.
    pub description: Prose,
    /// Its headers.
    pub headers: Vec<Member>,
    /// The forms it may take.
    pub media: Vec<Media>,
}

impl Response {
    /// What its headers are called.
    #[must_use]
    pub fn label(&self) -> String {
        format!("Headers of the response {}", self.status)
    }
}
