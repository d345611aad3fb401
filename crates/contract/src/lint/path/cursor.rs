//! A cursor over the text of a path.

/// What is left to read of a text.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(crate) fn over(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    pub(crate) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    pub(crate) fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Goes on behind a word when it is the next thing.
    pub(crate) fn eat(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// As [`Self::eat`], behind blanks.
    pub(crate) fn eat_token(&mut self, word: &str) -> bool {
        self.blanks();
        self.eat(word)
    }

    /// Goes on behind a word; an error when it is not the next thing.
    pub(crate) fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.eat_token(word) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{word}`")))
    }

    /// The characters as long as they fit.
    pub(crate) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// A text between quotes, the opening one of which was read.
    pub(crate) fn quoted(&mut self, quote: char) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(text),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(c) => text.push(c),
                    None => return Err(format!("a text is not closed with {quote}")),
                },
                Some(c) => text.push(c),
                None => return Err(format!("a text is not closed with {quote}")),
            }
        }
    }

    /// What to say when something else was expected.
    pub(crate) fn unexpected(&self, expected: &str) -> String {
        let at = self.text.len() - self.rest.len() + 1;
        match self.peek() {
            Some(c) => format!("expected {expected} at character {at}, found `{c}`"),
            None => format!("expected {expected} at its end"),
        }
    }
}
