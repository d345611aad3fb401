//! Excerpts: the line that a finding is about, and what of it the finding points at.

/// The most characters of a line that are shown; minified documents have one line of megabytes.
const SHOWN: usize = 100;

/// How many of them stand before the column, at most.
const BEFORE: usize = 60;

/// How many bytes lie between two counts of characters.
const STRIDE: usize = 4096;

/// The text of a document without its byte order mark, with the beginnings of its lines, and how many characters stand before every
/// so many bytes: a column far into a line is found without counting from its beginning.
#[derive(Debug)]
pub struct Source {
    text: String,
    lines: Vec<usize>,
    counts: Vec<usize>,
}

/// A part of a line, safe to show: one line, without characters that a terminal obeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// What is shown, at most a hundred characters and an ellipsis at either end.
    pub text: String,
    /// How many characters stand before the column in it.
    pub before: usize,
}

impl Source {
    /// The text of these bytes; none, and so no excerpt, when they are not UTF-8.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut text = String::from_utf8(bytes).unwrap_or_default();
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        let counts = text.as_bytes().chunks(STRIDE).scan(0, |before, stride| {
            let count = *before;
            *before += characters(stride);
            Some(count)
        });
        let counts = counts.collect();
        Self {
            text,
            lines,
            counts,
        }
    }

    /// What stands around a column of a line, both from 1; nothing for a line that is empty or is not there.
    #[must_use]
    pub fn excerpt(&self, line: u32, column: u32) -> Option<Excerpt> {
        let number = usize::try_from(line).ok()?.checked_sub(1)?;
        let column = usize::try_from(column).ok()?.checked_sub(1)?;
        let start = *self.lines.get(number)?;
        let end = self
            .lines
            .get(number + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        let end = start + line.trim_end().len();
        if start == end {
            return None;
        }
        let skipped = column.saturating_sub(BEFORE);
        let from = self.byte_of(self.characters_before(start) + skipped);
        let mut rest = self.text.get(from..end).unwrap_or_default().chars();
        let mut shown: String = rest.by_ref().take(SHOWN).map(visible).collect();
        let mut before = column - skipped;
        if skipped > 0 {
            shown.insert(0, '…');
            before += 1;
        }
        if rest.next().is_some() {
            shown.push('…');
        }
        Some(Excerpt {
            text: shown,
            before,
        })
    }

    /// How many characters stand before a byte.
    fn characters_before(&self, byte: usize) -> usize {
        let stride = byte / STRIDE;
        let counted = self.counts.get(stride).copied().unwrap_or_default();
        let rest = self.text.as_bytes().get(stride * STRIDE..byte);
        counted + characters(rest.unwrap_or_default())
    }

    /// The byte at which a character begins; the length of the text when it has no such character.
    fn byte_of(&self, character: usize) -> usize {
        let stride = self.counts.partition_point(|count| *count <= character);
        let stride = stride.saturating_sub(1);
        let mut to_go = character - self.counts.get(stride).copied().unwrap_or_default();
        let bytes = self.text.as_bytes().iter().enumerate();
        for (at, byte) in bytes.skip(stride * STRIDE) {
            if begins_a_character(*byte) {
                if to_go == 0 {
                    return at;
                }
                to_go -= 1;
            }
        }
        self.text.len()
    }
}

/// How many characters begin in bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    let begins = |byte: &&u8| begins_a_character(**byte);
    bytes.iter().filter(begins).count()
}

fn begins_a_character(byte: u8) -> bool {
    !matches!(byte, 0x80..=0xbf)
}

impl Excerpt {
    /// What stands before the column, the word or quoted text that begins there, and what follows it.
    #[must_use]
    pub fn parts(&self) -> (&str, &str, &str) {
        let text = self.text.as_str();
        let start = text.char_indices().nth(self.before);
        let start = start.map_or(text.len(), |(start, _)| start);
        let (before, rest) = text.split_at(start);
        let (word, after) = rest.split_at(word(rest));
        (before, word, after)
    }
}

/// How long the word or quoted text at the beginning of a text is, in bytes.
fn word(text: &str) -> usize {
    let mut characters = text.char_indices();
    let Some((_, first)) = characters.next() else {
        return 0;
    };
    if matches!(first, '"' | '\'') {
        let closing = characters.find(|(_, c)| *c == first);
        return closing.map_or(text.len(), |(end, _)| end + 1);
    }
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | '[' | ']');
    let end = characters.find(|(_, c)| ends(*c));
    let end = end.map_or(text.len(), |(end, _)| end);
    let key = text.get(..end).and_then(|word| word.strip_suffix(':'));
    key.filter(|key| !key.is_empty()).map_or(end, str::len)
}

/// A character as it may be shown: a terminal must not obey it, and it must be one column wide.
fn visible(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '·',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, line: u32, column: u32) -> Option<(String, usize)> {
        let source = Source::new(text.as_bytes().to_vec());
        let found = source.excerpt(line, column)?;
        Some((found.text, found.before))
    }

    #[test]
    fn the_line_is_shown_with_the_characters_before_its_column() {
        assert_eq!(excerpt("a: 1\nbé: x\r\n", 2, 5), Some(("bé: x".into(), 4)));
        assert_eq!(
            excerpt("a\tb\u{1b}[31m", 1, 3),
            Some(("a b·[31m".into(), 2))
        );
        assert_eq!(excerpt("\u{feff}a: 1", 1, 1), Some(("a: 1".into(), 0)));
        assert_eq!(excerpt("a\n\n", 2, 1), None);
        assert_eq!(excerpt("a", 9, 1), None);
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let text = format!("{}x{}", "a".repeat(500), "b".repeat(500));
        let (shown, before) = excerpt(&text, 1, 501).expect("an excerpt");
        assert_eq!(shown.chars().count(), SHOWN + 2);
        assert_eq!(shown.chars().nth(before), Some('x'));
    }

    #[test]
    fn a_column_megabytes_into_a_line_is_found_like_any_other() {
        for filling in ["a", "ö", "𝄞a"] {
            let many = filling.repeat(10_000);
            let text = format!("first\n{many}x{many}\nlast: y");
            let column = u32::try_from(many.chars().count() + 1).expect("a column");
            let (shown, before) = excerpt(&text, 2, column).expect("an excerpt");
            assert_eq!(shown.chars().nth(before), Some('x'), "{filling}");
            assert_eq!(excerpt(&text, 3, 7), Some(("last: y".into(), 6)));
        }
    }

    #[test]
    fn a_column_behind_the_end_of_a_line_shows_nothing_of_the_next_one() {
        let text = format!("{}\nsecond", "a".repeat(10));
        assert_eq!(excerpt(&text, 1, 500), Some(("…".into(), 61)));
    }

    #[test]
    fn the_word_at_the_column_is_told_apart() {
        let parts = |text: &str, column: u32| {
            let excerpt = Source::new(text.into()).excerpt(1, column).unwrap();
            let (before, word, after) = excerpt.parts();
            format!("{before}|{word}|{after}")
        };
        assert_eq!(parts("  sumary: All", 3), "  |sumary|: All");
        assert_eq!(parts("a: [{ login: [] }]", 4), "a: |[|{ login: [] }]");
        assert_eq!(parts(r#"{"a b": 1}"#, 2), r#"{|"a b"|: 1}"#);
        assert_eq!(parts("u: http://x/y, z", 4), "u: |http://x/y|, z");
        assert_eq!(parts("\"open", 1), "|\"open|");
        assert_eq!(parts("é:", 2), "é|:|");
        assert_eq!(parts("a", 9), "a||");
    }
}
