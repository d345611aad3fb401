//! The elements that are open, and the HTML that they stand in.
//!
//! Invariant: what is opened is closed, in the right order, whatever the source opens and closes.

use super::escape;

/// How deep elements may stand in each other. Deeper ones are left out; their words are not.
const MOST_DEPTH: usize = 24;

/// HTML in the making.
#[derive(Default)]
pub(super) struct Elements {
    /// What is written.
    pub(super) html: String,
    open: Vec<Open>,
}

/// An element that is open.
struct Open {
    name: &'static str,
    by: By,
    /// How it ends; nothing for one that was left out.
    close: Option<&'static str>,
    /// Where it leads, for a link.
    to: String,
    /// Where it starts.
    start: usize,
    /// Where what it holds starts.
    inner: usize,
}

/// Who opened an element, and closes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Markdown,
    Html,
}

/// What Markdown opens and closes.
impl Elements {
    /// Closes whatever is open.
    pub(super) fn finish(mut self) -> String {
        while self.pop().is_some() {}
        self.html
    }

    /// Whether what comes next stands right in this.
    pub(super) fn is_in(&self, name: &str) -> bool {
        self.open.last().is_some_and(|it| it.name == name)
    }

    /// Opens an element.
    pub(super) fn push(&mut self, name: &'static str, open: &str, close: &'static str) {
        self.open_as(By::Markdown, name, (open, close));
    }

    /// Opens what only stands in something that is written.
    pub(super) fn part(&mut self, name: &'static str, open: &str, close: &'static str) {
        match self.open.last().is_some_and(|whole| whole.close.is_some()) {
            true => self.enter(By::Markdown, name, (open, close)),
            false => self.leave_out_one(),
        }
    }

    fn open_as(&mut self, by: By, name: &'static str, tags: (&str, &'static str)) {
        match (self.open.len() < MOST_DEPTH, by) {
            (true, _) => self.enter(by, name, tags),
            (false, By::Markdown) => self.leave_out_one(),
            (false, By::Html) => {}
        }
    }

    fn enter(&mut self, by: By, name: &'static str, (open, close): (&str, &'static str)) {
        let start = self.html.len();
        self.html.push_str(open);
        self.open.push(Open {
            name,
            by,
            close: Some(close),
            to: String::new(),
            start,
            inner: self.html.len(),
        });
    }

    /// Opens something of which only the words are kept, apart from those before it.
    fn leave_out_one(&mut self) {
        self.html.push(' ');
        self.leave_out();
    }

    /// Opens something of which only the words are kept.
    pub(super) fn leave_out(&mut self) {
        self.open.push(Open {
            name: "",
            by: By::Markdown,
            close: None,
            to: String::new(),
            start: self.html.len(),
            inner: self.html.len(),
        });
    }

    /// Closes what was opened last; leaves it out where nothing is in it.
    pub(super) fn pop(&mut self) -> Option<()> {
        let it = self.open.pop()?;
        let Some(close) = it.close else {
            return Some(());
        };
        if !matches!(
            it.name,
            "a" | "em" | "strong" | "del" | "code" | "sub" | "sup" | "pre"
        ) {
            while self.html.len() > it.inner && self.html.ends_with("<br>") {
                self.html
                    .truncate(self.html.len().saturating_sub("<br>".len()));
            }
        }
        let is_empty = self.html.len() == it.inner;
        match (is_empty, it.name) {
            (true, "a") => escape(&mut self.html, &it.to),
            (true, "th") => {
                self.html.truncate(it.start);
                self.html.push_str("<td></td>");
                return Some(());
            }
            (true, "td") | (false, _) => {}
            (true, _) => {
                self.html.truncate(it.start);
                return Some(());
            }
        }
        self.html.push_str(close);
        Some(())
    }
    /// Opens a link, or what only looks like one.
    pub(super) fn link(&mut self, by: By, to: Option<&str>) {
        let start = self.html.len();
        // No link within a link.
        let to = to.filter(|_| {
            !self
                .open
                .iter()
                .any(|it| it.name == "a" && it.close.is_some())
        });
        if let Some(to) = to {
            self.html
                .push_str(r#"<a rel="nofollow noopener noreferrer" href=""#);
            escape(&mut self.html, to);
            self.html.push_str(r#"">"#);
        }
        self.open.push(Open {
            name: "a",
            by,
            close: to.map(|_| "</a>"),
            to: to.unwrap_or_default().to_owned(),
            start,
            inner: self.html.len(),
        });
    }
}

/// What HTML of others opens and closes: nothing below the Markdown that it stands in.
impl Elements {
    /// Whether words stand in something.
    pub(super) fn is_in_words(&self) -> bool {
        let top = self.open.last().filter(|top| top.by == By::Html);
        top.is_some_and(|top| !is_list(top.name))
    }

    /// Opens a paragraph, or an item of a list, for words that stand in neither.
    pub(super) fn begin_words(&mut self) {
        if self.is_in_words() {
            return;
        }
        match self.open.last() {
            Some(top) if top.by == By::Html => self.open_as(By::Html, "li", ("<li>", "</li>")),
            _ => self.open_as(By::Html, "p", ("<p>", "</p>")),
        }
    }

    /// Ends a paragraph, or a line in an item of a list.
    pub(super) fn end_words(&mut self) {
        while self.top_html().is_some_and(|name| !is_block(name)) {
            self.pop();
        }
        match self.top_html() {
            Some("p") => {
                self.pop();
            }
            Some("li") => self.next_line(false),
            _ => {}
        }
    }

    /// Goes on below, once something is written.
    pub(super) fn next_line(&mut self, is_item: bool) {
        let is_first = self
            .open
            .last()
            .is_none_or(|top| self.html.len() == top.inner);
        if !is_first && !self.html.ends_with("<br>") {
            self.html.push_str("<br>");
        }
        if is_item {
            self.html.push_str("• ");
        }
    }

    /// Opens words of a kind.
    pub(super) fn open_words(&mut self, name: &'static str) {
        let tags = match name {
            "strong" => ("<strong>", "</strong>"),
            "em" => ("<em>", "</em>"),
            "code" => ("<code>", "</code>"),
            "del" => ("<del>", "</del>"),
            "sub" => ("<sub>", "</sub>"),
            "sup" => ("<sup>", "</sup>"),
            _ => return,
        };
        self.open_as(By::Html, name, tags);
    }

    /// Closes words of a kind, if such are open.
    pub(super) fn close_words(&mut self, name: &str) {
        let own = self.open.iter().rev().take_while(|it| it.by == By::Html);
        let Some(depth) = own.map(|it| it.name).position(|it| it == name) else {
            return;
        };
        for _ in 0..=depth {
            self.pop();
        }
    }

    /// Opens a list, in an item when it stands in another.
    pub(super) fn open_list(&mut self, name: &'static str) {
        self.end_words();
        if self.top_html().is_some_and(is_list) {
            self.begin_words();
        }
        let tags = match name {
            "ol" => ("<ol>", "</ol>"),
            _ => ("<ul>", "</ul>"),
        };
        self.open_as(By::Html, name, tags);
    }

    /// Closes a list, if one is open.
    pub(super) fn close_list(&mut self, name: &str) {
        self.close_words(name);
    }

    /// Opens an item of a list; without one, what stands by itself.
    pub(super) fn open_item(&mut self) {
        let own = self.open.iter().rev().take_while(|it| it.by == By::Html);
        if !own.map(|it| it.name).any(is_list) {
            return self.end_words();
        }
        while self.top_html().is_some_and(|name| !is_list(name)) {
            self.pop();
        }
        self.open_as(By::Html, "li", ("<li>", "</li>"));
    }

    /// Closes what HTML has left open.
    pub(super) fn close_html(&mut self) {
        while self.top_html().is_some() {
            self.pop();
        }
    }

    fn top_html(&self) -> Option<&'static str> {
        let top = self.open.last().filter(|top| top.by == By::Html);
        top.map(|top| top.name)
    }
}

fn is_list(name: &str) -> bool {
    matches!(name, "ul" | "ol")
}

fn is_block(name: &str) -> bool {
    matches!(name, "p" | "li" | "ul" | "ol")
}
