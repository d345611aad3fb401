//! Markdown written as HTML, event by event.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag};

use super::{
    Headings, address,
    elements::{By, Elements},
    escape,
    html::{self, Stands},
};

/// How much HTML may come of a text, in bytes: eight times the longest. Tables can be written to grow more than that.
const MOST_HTML: usize = 512 * 1024;

/// What becomes HTML.
pub(super) struct Writer {
    elements: Elements,
    headings: Headings,
    levels: Vec<u8>,
    /// The HTML of others that is being gathered.
    raw: Option<String>,
}

impl Writer {
    pub(super) fn new(headings: Headings) -> Self {
        Self {
            elements: Elements::default(),
            headings,
            levels: Vec::new(),
            raw: None,
        }
    }

    /// Writes a text. `None` when too much comes of it.
    pub(super) fn write(mut self, text: &str) -> Option<String> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        for event in Parser::new_ext(text, options) {
            self.event(event);
            if self.elements.html.len() > MOST_HTML {
                return None;
            }
        }
        Some(self.elements.finish())
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Html(text) | Event::Text(text) if self.raw.is_some() => {
                self.raw.get_or_insert_default().push_str(&text);
            }
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Text(text) => escape(&mut self.elements.html, &text),
            Event::Code(text) => {
                self.elements.html.push_str("<code>");
                escape(&mut self.elements.html, &text);
                self.elements.html.push_str("</code>");
            }
            Event::Html(text) | Event::InlineHtml(text) => {
                html::write(&mut self.elements, &text, Stands::Within)
            }
            Event::SoftBreak => self.elements.html.push('\n'),
            Event::HardBreak => self.elements.html.push_str("<br>"),
            Event::Rule => self.elements.html.push_str("<hr>"),
            // Extensions that are not asked for.
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.elements.push("em", "<em>", "</em>"),
            Tag::Strong => self.elements.push("strong", "<strong>", "</strong>"),
            Tag::Strikethrough => self.elements.push("del", "<del>", "</del>"),
            // Nothing is loaded from elsewhere: a picture is a link to it, under the words that stand for it.
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.elements.link(By::Markdown, address::safe(&dest_url));
            }
            block => {
                self.elements.close_html();
                self.block(block);
            }
        }
    }

    fn block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.elements.push("p", "<p>", "</p>"),
            Tag::Heading { level, .. } => self.heading(level),
            Tag::BlockQuote(_) => self
                .elements
                .push("blockquote", "<blockquote>", "</blockquote>"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.elements.push("pre", "<pre><code>", "</code></pre>");
            }
            Tag::List(None) => self.elements.push("ul", "<ul>", "</ul>"),
            Tag::List(Some(1)) => self.elements.push("ol", "<ol>", "</ol>"),
            Tag::List(Some(first)) => {
                self.elements
                    .push("ol", &format!(r#"<ol start="{first}">"#), "</ol>");
            }
            Tag::Item => self.elements.part("li", "<li>", "</li>"),
            Tag::Table(_) => self.elements.push(
                "table",
                r#"<div class="grid" role="group" tabindex="0" aria-label="Table"><table>"#,
                "</tbody></table></div>",
            ),
            Tag::TableHead => self
                .elements
                .part("thead", "<thead><tr>", "</tr></thead><tbody>"),
            Tag::TableRow => self.elements.part("tr", "<tr>", "</tr>"),
            Tag::TableCell if self.elements.is_in("thead") => {
                self.elements.part("th", r#"<th scope="col">"#, "</th>");
            }
            Tag::TableCell => self.elements.part("td", "<td>", "</td>"),
            Tag::HtmlBlock => {
                self.raw = Some(String::new());
                self.elements.leave_out();
            }
            _ => self.elements.leave_out(),
        }
    }

    fn end(&mut self) {
        if let Some(raw) = self.raw.take() {
            html::write(&mut self.elements, &raw, Stands::Alone);
        }
        self.elements.close_html();
        self.elements.pop();
    }

    /// A heading below those of the page, and at most one step below the one before it.
    fn heading(&mut self, level: HeadingLevel) {
        let source = match level {
            HeadingLevel::H1 => 1,
            HeadingLevel::H2 => 2,
            HeadingLevel::H3 => 3,
            HeadingLevel::H4 => 4,
            HeadingLevel::H5 => 5,
            HeadingLevel::H6 => 6,
        };
        while self.levels.pop_if(|above| *above >= source).is_some() {}
        self.levels.push(source);
        let depth = u8::try_from(self.levels.len()).unwrap_or(u8::MAX);
        let shown = match self.headings {
            Headings::Below(above) => above.saturating_add(depth),
            Headings::Lines => return self.elements.push("h", "<p><strong>", "</strong></p>"),
        };
        match shown {
            ..=2 => self.elements.push("h", "<h2>", "</h2>"),
            3 => self.elements.push("h", "<h3>", "</h3>"),
            4 => self.elements.push("h", "<h4>", "</h4>"),
            5 => self.elements.push("h", "<h5>", "</h5>"),
            6.. => self.elements.push("h", "<h6>", "</h6>"),
        }
    }
}
