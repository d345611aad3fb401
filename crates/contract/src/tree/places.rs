//! Lines and columns, counted when somebody asks.

/// Where something stands in the upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The column within the line, in characters, from 1.
    pub column: u32,
}

impl Place {
    /// Where a text begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    fn after(self, byte: u8) -> Self {
        match byte {
            b'\n' => Self {
                line: self.line.saturating_add(1),
                column: 1,
            },
            // A byte that continues a character of UTF-8 takes no column of its own.
            0x80..=0xbf => self,
            _ => Self {
                column: self.column.saturating_add(1),
                ..self
            },
        }
    }
}

/// The places of a text at regular distances, so that a place is found by counting over one stride and no table grows
/// with the number of lines.
#[derive(Clone, Debug)]
pub(crate) struct Places(Vec<Place>);

const STRIDE: usize = 4096;

impl Places {
    pub(crate) fn of(text: &str) -> Self {
        let mut place = Place::START;
        let stride = |bytes: &[u8]| {
            let start = place;
            place = through(place, bytes);
            start
        };
        Self(text.as_bytes().chunks(STRIDE).map(stride).collect())
    }

    /// The place of a byte of the text the table was made of.
    pub(crate) fn at(&self, text: &str, offset: usize) -> Place {
        let offset = offset.min(text.len());
        let stride = (offset / STRIDE).min(self.0.len().saturating_sub(1));
        let start = self.0.get(stride).copied().unwrap_or(Place::START);
        let bytes = text.as_bytes().get(stride * STRIDE..offset);
        through(start, bytes.unwrap_or_default())
    }
}

fn through(place: Place, bytes: &[u8]) -> Place {
    bytes.iter().fold(place, |place, byte| place.after(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, needle: &str) -> (u32, u32) {
        let offset = text.find(needle).expect("the needle is in the text");
        let Place { line, column } = Places::of(text).at(text, offset);
        (line, column)
    }

    #[test]
    fn a_column_counts_characters_and_not_bytes() {
        assert_eq!(place("ä: ö€𝄞x", "x"), (1, 7));
    }

    #[test]
    fn a_line_ends_with_a_line_feed_with_or_without_a_carriage_return() {
        assert_eq!(place("a\r\nb\n\nx", "x"), (4, 1));
    }

    #[test]
    fn a_place_far_into_a_text_is_that_of_a_count_from_the_start() {
        let text = format!("{}x", "some words, ö\n".repeat(5_000));
        assert_eq!(place(&text, "x"), (5_001, 1));
        let text = format!("{}x", "ö".repeat(10_000));
        assert_eq!(place(&text, "x"), (1, 10_001));
    }
}
