//! Excerpts: the line that a finding is about, and a mark below its column.

/// The most characters of a line that are shown; minified documents have one line of megabytes.
const SHOWN: usize = 100;

/// How many of them stand before the column, at most.
const BEFORE: usize = 60;

/// The text of a file, with the beginnings of its lines.
#[derive(Debug)]
pub(super) struct Source {
    text: String,
    lines: Vec<usize>,
}

/// A part of a line, and how many characters stand before its column in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) before: usize,
}

impl Source {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8(bytes).unwrap_or_default();
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0)
            .chain(ends.map(|(at, _)| at + 1))
            .collect();
        Self { text, lines }
    }

    /// What stands around a column of a line, both from 1.
    pub(super) fn excerpt(&self, line: u32, column: u32) -> Option<Excerpt> {
        let number = usize::try_from(line).ok()?.checked_sub(1)?;
        let column = usize::try_from(column).ok()?.checked_sub(1)?;
        let start = *self.lines.get(number)?;
        let end = self
            .lines
            .get(number + 1)
            .map_or(self.text.len(), |next| next - 1);
        let line = self.text.get(start..end)?;
        let line = line.strip_prefix('\u{feff}').unwrap_or(line).trim_end();
        if line.is_empty() {
            return None;
        }
        let skipped = column.saturating_sub(BEFORE);
        let mut shown: String = line
            .chars()
            .skip(skipped)
            .take(SHOWN)
            .map(visible)
            .collect();
        let mut before = column - skipped;
        if skipped > 0 {
            shown.insert(0, '…');
            before += 1;
        }
        if line.chars().nth(skipped + SHOWN).is_some() {
            shown.push('…');
        }
        Some(Excerpt {
            text: shown,
            before,
        })
    }
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
}
