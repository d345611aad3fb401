//! What others wrote about their API: Markdown that nobody here vouches for, shown as the text that it is.

use askama::Template;

/// Paragraphs. Nothing in them is markup: what looks like a link or a tag stays text.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "parts/prose.html")]
pub struct Prose(pub Vec<String>);

impl Prose {
    /// The paragraphs of a text, which blank lines part.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut paragraphs = Vec::new();
        let mut lines: Vec<&str> = Vec::new();
        for line in text.lines().chain([""]) {
            if !line.trim().is_empty() {
                lines.push(line.trim_end());
            } else if !lines.is_empty() {
                paragraphs.push(lines.join("\n"));
                lines.clear();
            }
        }
        Self(paragraphs)
    }

    /// The paragraphs of a text that may not be there.
    #[must_use]
    pub fn maybe(text: Option<&str>) -> Self {
        text.map(Self::of).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_paragraphs_and_nothing_is_markup() {
        let prose = Prose::of("\n\nOne\n  two\n \n\n<b>three</b>  \n");
        assert_eq!(prose.0, ["One\n  two", "<b>three</b>"]);
        let html = prose.render().unwrap();
        assert!(html.contains("&#60;b&#62;three"), "{html}");
        assert_eq!(Prose::maybe(None).0, Vec::<String>::new());
    }
}
