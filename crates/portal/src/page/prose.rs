//! What others wrote about their API: Markdown that nobody here vouches for.
//!
//! Invariant: every tag and every attribute of the HTML is written in this folder, and every word of the source is escaped.

mod address;
mod elements;
mod html;
mod tag;
mod writer;

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper, Html};

use writer::Writer;

/// The longest text that is taken for Markdown, in bytes. The longest description in the public contracts that this was
/// tried on has 25 KB; what is longer is shown as the paragraphs that it is, so that nothing is lost.
const MOST_TEXT: usize = 64 * 1024;

/// What a text says, ready to stand on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    html: String,
}

/// What becomes of the headings in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headings {
    /// They are headings below the page's own heading of this level, none of which is skipped on the way down.
    Below(u8),
    /// They are strong lines, because there is no room for headings: in a cell of a table.
    Lines,
}

impl Prose {
    /// A text in Markdown: CommonMark with tables and strikethrough.
    #[must_use]
    pub fn of(text: &str, headings: Headings) -> Self {
        let whole = (text.len() <= MOST_TEXT).then(|| Writer::new(headings).write(text));
        Self {
            html: whole.flatten().unwrap_or_else(|| paragraphs(text)),
        }
    }

    /// A text that may not be there.
    #[must_use]
    pub fn maybe(text: Option<&str>, headings: Headings) -> Self {
        text.map(|text| Self::of(text, headings))
            .unwrap_or_default()
    }
}

impl Display for Prose {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.html.is_empty() {
            true => Ok(()),
            false => write!(f, r#"<div class="told" dir="auto">{}</div>"#, self.html),
        }
    }
}

/// A text as it is, in the paragraphs that blank lines part.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    let mut is_open = false;
    for line in text.lines() {
        match (line.trim().is_empty(), is_open) {
            (true, true) => html.push_str("</p>"),
            (true, false) => {}
            (false, true) => html.push('\n'),
            (false, false) => html.push_str(r#"<p class="plain">"#),
        }
        is_open = !line.trim().is_empty();
        escape(&mut html, line.trim_end());
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}

/// Writes words.
fn escape(html: &mut String, words: &str) {
    // A string takes whatever is written to it.
    let _ = Html.write_escaped_str(html, words);
}

#[cfg(test)]
mod tests;
