//! The characters of a YAML document, handed to the parser with an eye on what it hoards.
//!
//! A list in brackets may turn out to be the key of a mapping, so the parser keeps all its tokens until it has seen the
//! end of it. Ten megabytes of `[1,1,1…` would cost it close to two gigabytes. The meter counts the marks of such lists
//! since the last event, and the input ends when there are too many.

use std::cell::Cell;

use saphyr_parser::{Input, StrInput, input::SkipTabs};

/// Brackets, braces, commas and percent signs that may stand between two events. A mark is at most seven tokens of a
/// hundred bytes each, so the parser hoards at most some twenty megabytes. Prose has commas too, but not as many in
/// one text.
pub(crate) const MOST_MARKS: u32 = 25_000;

/// Counts what the parser was given since its last event.
#[derive(Debug, Default)]
pub(crate) struct Meter(Cell<u32>);

impl Meter {
    /// An event has come, so nothing is hoarded any more.
    pub(crate) fn reset(&self) {
        self.0.set(0);
    }

    /// Whether the input was ended early.
    pub(crate) fn is_over(&self) -> bool {
        self.0.get() > MOST_MARKS
    }

    fn count(&self) {
        self.0.set(self.0.get().saturating_add(1));
    }
}

/// A text as the parser's input, under a meter.
pub(crate) struct Metered<'a, 'm> {
    text: StrInput<'a>,
    meter: &'m Meter,
}

impl<'a, 'm> Metered<'a, 'm> {
    pub(crate) fn new(text: &'a str, meter: &'m Meter) -> Self {
        let text = StrInput::new(text);
        Self { text, meter }
    }

    /// Counts the character that is consumed next.
    fn count(&mut self) {
        if matches!(self.text.peek(), '[' | ']' | '{' | '}' | ',' | '%') {
            self.meter.count();
            if self.meter.is_over() {
                self.text = StrInput::new("");
            }
        }
    }
}

impl Input for Metered<'_, '_> {
    fn lookahead(&mut self, count: usize) {
        self.text.lookahead(count);
    }

    fn buflen(&self) -> usize {
        self.text.buflen()
    }

    fn bufmaxlen(&self) -> usize {
        self.text.bufmaxlen()
    }

    fn raw_read_ch(&mut self) -> char {
        self.text.raw_read_ch()
    }

    fn raw_read_non_breakz_ch(&mut self) -> Option<char> {
        self.text.raw_read_non_breakz_ch()
    }

    fn skip(&mut self) {
        self.count();
        self.text.skip();
    }

    fn skip_n(&mut self, count: usize) {
        for _ in 0..count {
            self.skip();
        }
    }

    fn peek(&self) -> char {
        self.text.peek()
    }

    fn peek_nth(&self, n: usize) -> char {
        self.text.peek_nth(n)
    }

    fn peek_opt(&self) -> Option<char> {
        self.text.peek_opt()
    }

    // From here on the trait has bodies of its own; those of `StrInput` are faster.

    fn skip_ws_to_eol(&mut self, skip_tabs: SkipTabs) -> (usize, Result<SkipTabs, &'static str>) {
        self.text.skip_ws_to_eol(skip_tabs)
    }

    fn skip_while_non_breakz(&mut self) -> usize {
        self.text.skip_while_non_breakz()
    }

    fn skip_while_blank(&mut self) -> usize {
        self.text.skip_while_blank()
    }

    fn next_is_document_indicator(&self) -> bool {
        self.text.next_is_document_indicator()
    }

    fn next_is_document_start(&self) -> bool {
        self.text.next_is_document_start()
    }

    fn next_is_document_end(&self) -> bool {
        self.text.next_is_document_end()
    }

    fn next_is_blank_or_break(&self) -> bool {
        self.text.next_is_blank_or_break()
    }

    fn next_is_blank_or_breakz(&self) -> bool {
        self.text.next_is_blank_or_breakz()
    }
}
