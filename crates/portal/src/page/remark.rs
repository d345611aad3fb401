//! Remarks: what needs somebody, and what is dangerous to do.

use askama::Template;

use super::{badge::Tone, frame::Link};

/// Things that need somebody, the most urgent first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/remarks.html")]
pub struct Remarks(pub Vec<Remark>);

/// One thing that needs somebody.
#[derive(Clone, Debug)]
pub struct Remark {
    /// How urgent.
    pub tone: Tone,
    /// What, in a sentence.
    pub words: String,
    /// Why it matters, or by when.
    pub hint: String,
    /// Where to act.
    pub link: Option<Link>,
}

/// The danger zone at the end of a page; nothing when it is empty.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/dangers.html")]
pub struct Dangers(pub Vec<Danger>);

/// One act that cannot be taken back.
#[derive(Clone, Debug)]
pub struct Danger {
    /// The act: `Retire v1`.
    pub title: String,
    /// What it breaks: `3 applications, 1,240 calls today`.
    pub words: String,
    /// The page that asks for the name.
    pub link: Link,
}
