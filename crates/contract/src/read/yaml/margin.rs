//! Lines that stand too far to the left, as published documents have them.
//!
//! A quoted text, and a list or an object in brackets, end at their closing mark however the lines before it are
//! indented, and libyaml, go-yaml and js-yaml read them so. YAML 1.2 wants every such line indented more than the key
//! it belongs to, and the parser insists. When it has refused a document, spaces are put where such lines begin, and
//! where a comment leans on what it follows, and the document is parsed once more. Spaces there mean nothing, and
//! [`Gaps::hold`] says whether each of them has in fact been met there.

use std::ops::RangeInclusive;

/// The longest document that is straightened, in bytes: it stands in memory twice then, and with its tree once more.
const LONGEST: usize = 8 << 20;

/// Lines that are straightened; a document with more of them is refused as it stands. Each costs some thirty bytes.
const MOST_GAPS: usize = 100_000;

/// Spaces put in, whatever the length of the document, and one more for so many of its bytes. The straightened text stands
/// in memory beside the document.
const SPACES: usize = 10_000;
const BYTES_OF_A_SPACE: usize = 4;

/// A document with spaces put in and where they are, when there is anything to straighten and it does not become much
/// longer by that.
pub(super) fn straightened(text: &str) -> Option<(String, Gaps)> {
    if text.len() > LONGEST {
        return None;
    }
    let mut eye = Eye {
        bytes: text.as_bytes(),
        at: 0,
        line: 0,
        margin: 0,
        gaps: Vec::new(),
    };
    while eye.peek().is_some() {
        eye.line();
    }
    let gaps = eye.gaps;
    let spaces = gaps.last().map(|gap| gap.before + gap.spaces)?;
    if gaps.len() > MOST_GAPS || spaces > SPACES + text.len() / BYTES_OF_A_SPACE {
        return None;
    }
    let mut straight = String::with_capacity(text.len() + spaces);
    let mut copied = 0;
    for gap in &gaps {
        straight.push_str(text.get(copied..gap.at)?);
        straight.extend(std::iter::repeat_n(' ', gap.spaces));
        copied = gap.at;
    }
    straight.push_str(text.get(copied..)?);
    Some((straight, Gaps(gaps)))
}

/// Where spaces were put in, in the order of the document; nowhere, in one that is parsed as it stands.
#[derive(Debug, Default)]
pub(super) struct Gaps(Vec<Gap>);

/// Spaces that were put in.
#[derive(Debug)]
struct Gap {
    /// The byte of the document before which they stand.
    at: usize,
    /// Spaces put in before this gap.
    before: usize,
    /// Spaces put in here.
    spaces: usize,
    /// Whether the parser has met it where spaces mean nothing.
    met: bool,
}

impl Gaps {
    /// The byte of the document that a byte of the straightened text comes from.
    pub(super) fn original(&self, at: usize) -> usize {
        let begun = self.0.partition_point(|gap| gap.at + gap.before <= at);
        let last = begun.checked_sub(1).and_then(|last| self.0.get(last));
        last.map_or(at, |gap| {
            at.saturating_sub(gap.before + gap.spaces).max(gap.at)
        })
    }

    /// A quoted text, or something in brackets, stands in these bytes of the document.
    pub(super) fn meet(&mut self, span: RangeInclusive<usize>) {
        let first = self.0.partition_point(|gap| gap.at < *span.start());
        let inside = self.0.iter_mut().skip(first);
        for gap in inside.take_while(|gap| gap.at <= *span.end()) {
            gap.met = true;
        }
    }

    /// Whether all spaces were put where they mean nothing.
    pub(super) fn hold(&self) -> bool {
        self.0.iter().all(|gap| gap.met)
    }
}

/// Looks over a document for values whose lines may stand anywhere. It knows as much YAML as it takes to tell a quote
/// that opens a text from one within a word, a block or a comment.
struct Eye<'t> {
    bytes: &'t [u8],
    at: usize,
    /// Where the line begins.
    line: usize,
    /// The column at which lines of the value of the key or dash seen last must begin at least.
    margin: usize,
    gaps: Vec<Gap>,
}

impl Eye<'_> {
    /// A line that begins outside of any value.
    fn line(&mut self) {
        self.line = self.at;
        if self.is_marker() {
            self.margin = 0;
            self.at += 3;
        }
        loop {
            self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
            let column = self.at - self.line;
            match (self.peek(), self.follows()) {
                (None, _) => return,
                (Some(b'\n'), _) => {
                    self.at += 1;
                    return;
                }
                (Some(b'#'), _) => return self.rest_of_line(),
                (Some(b'%'), _) if column == 0 => return self.rest_of_line(),
                (Some(b'-' | b'?'), Next::Blank) => {
                    self.margin = column + 1;
                    self.at += 1;
                }
                (Some(b':'), Next::Blank) => self.at += 1,
                (Some(b'&' | b'!' | b'*'), _) => self.skip(|byte| !byte.is_ascii_whitespace()),
                (Some(quote @ (b'"' | b'\'')), _) => {
                    self.quoted(quote);
                    self.after_value(column);
                }
                (Some(b'[' | b'{'), _) => {
                    self.brackets();
                    self.after_value(column);
                }
                (Some(b'|' | b'>'), _) => {
                    self.rest_of_line();
                    return self.indented(|_| ());
                }
                (Some(_), _) => {
                    if self.words() {
                        return self.indented(|eye| {
                            eye.words();
                        });
                    }
                    self.after_value(column);
                }
            }
        }
    }

    /// Behind a value that began at the column: it is a key when a colon follows.
    fn after_value(&mut self, column: usize) {
        if self.peek() == Some(b'#') && !self.is_behind_blank() {
            self.gap(1);
        }
        self.skip(|byte| matches!(byte, b' ' | b'\t'));
        if self.peek() == Some(b':') && self.follows() == Next::Blank {
            self.margin = column + 1;
            self.at += 1;
        }
    }

    /// Unquoted words, up to a colon behind them, or a comment, or the end of the line. Says whether they may go on in
    /// the next line.
    fn words(&mut self) -> bool {
        loop {
            match (self.peek(), self.follows()) {
                (None | Some(b'\n'), _) => {
                    self.at += 1;
                    return true;
                }
                (Some(b':'), Next::Blank) => return false,
                (Some(b'#'), _) if self.is_behind_blank() => return false,
                (Some(_), _) => self.at += 1,
            }
        }
    }

    /// Lines that belong to the value before them because they are empty or stand within its margin.
    fn indented(&mut self, line: impl Fn(&mut Self)) {
        while let Some((indent, first)) = self.indent() {
            self.line = self.at;
            let empty = matches!(first, None | Some(b'\n' | b'\r'));
            if self.is_marker() || !(empty || indent >= self.margin) {
                return;
            }
            if !empty {
                line(self);
            }
            if self.at_line_start() {
                continue;
            }
            self.rest_of_line();
        }
    }

    /// A quoted text.
    fn quoted(&mut self, quote: u8) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\n' => self.begin_line(),
                b'\\' if quote == b'"' && self.peek() != Some(b'\n') => self.at += 1,
                b'\'' if quote == b'\'' && self.peek() == Some(b'\'') => self.at += 1,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    /// A list or an object in brackets.
    fn brackets(&mut self) {
        let mut depth = 0_usize;
        let (mut in_words, mut behind_value) = (false, false);
        while let Some(byte) = self.peek() {
            let was_behind_value = std::mem::take(&mut behind_value);
            match byte {
                b'"' | b'\'' if !in_words => {
                    self.quoted(byte);
                    if self.peek() == Some(b'#') {
                        self.gap(1);
                    }
                    behind_value = true;
                    continue;
                }
                b'#' if self.is_behind_blank() => {
                    self.skip(|byte| byte != b'\n');
                    in_words = false;
                    continue;
                }
                b'&' | b'!' | b'*' if !in_words => {
                    self.skip(|byte| !byte.is_ascii_whitespace() && !b",[]{}".contains(&byte));
                    continue;
                }
                b'[' | b'{' => {
                    depth += 1;
                    in_words = false;
                }
                b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    in_words = false;
                    behind_value = true;
                }
                b',' => in_words = false,
                b':' if was_behind_value || self.follows() != Next::Letter => in_words = false,
                b'\n' | b' ' | b'\t' | b'\r' => {}
                _ => in_words = true,
            }
            self.at += 1;
            if byte == b'\n' {
                self.begin_line();
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// A line begins within a quoted text or brackets: it is moved to the margin when it stands left of it.
    fn begin_line(&mut self) {
        self.line = self.at;
        let Some((indent, Some(first))) = self.indent() else {
            return;
        };
        let empty = matches!(first, b'\n' | b'\r');
        if indent < self.margin && !empty && !self.is_marker() {
            self.gap(self.margin - indent);
        }
    }

    fn gap(&mut self, spaces: usize) {
        let last = self.gaps.last();
        let before = last.map_or(0, |last| last.before + last.spaces);
        let at = self.at;
        // One more than the most is enough to know that there are too many.
        if self.gaps.len() <= MOST_GAPS {
            self.gaps.push(Gap {
                at,
                before,
                spaces,
                met: false,
            });
        }
    }

    /// The spaces at the beginning of a line and what stands behind them; nothing at the end of the document.
    fn indent(&self) -> Option<(usize, Option<u8>)> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let indent = rest.iter().take_while(|byte| **byte == b' ').count();
        Some((indent, rest.get(indent).copied()))
    }

    /// Whether the line begins with what begins or ends a document.
    fn is_marker(&self) -> bool {
        let rest = self.bytes.get(self.line..).unwrap_or_default();
        self.at == self.line
            && (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && rest.get(3).is_none_or(u8::is_ascii_whitespace)
    }

    fn at_line_start(&self) -> bool {
        self.at > self.line && self.before() == Some(b'\n')
    }

    fn is_behind_blank(&self) -> bool {
        self.before().is_none_or(|byte| byte.is_ascii_whitespace())
    }

    fn before(&self) -> Option<u8> {
        let before = self.at.checked_sub(1)?;
        self.bytes.get(before).copied()
    }

    fn rest_of_line(&mut self) {
        self.skip(|byte| byte != b'\n');
        self.at += 1;
    }

    fn skip(&mut self, within: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| within(**byte)).count();
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What stands behind the next byte.
    fn follows(&self) -> Next {
        match self.bytes.get(self.at + 1) {
            None => Next::Blank,
            Some(byte) if byte.is_ascii_whitespace() => Next::Blank,
            Some(b',' | b'[' | b']' | b'{' | b'}') => Next::Bracket,
            Some(_) => Next::Letter,
        }
    }
}

/// What stands behind a byte that may be a mark of YAML's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A blank, the end of the line, or that of the document.
    Blank,
    /// A bracket, a brace or a comma.
    Bracket,
    /// Anything else.
    Letter,
}
