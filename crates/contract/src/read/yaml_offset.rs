//! From the characters that the YAML parser counts to the bytes that the document counts, and from where it says that
//! something begins to where that is written.

/// A position that moves along a text. Positions asked for mostly grow, so every move is short.
#[derive(Debug)]
pub(crate) struct Offsets<'a> {
    text: &'a str,
    ascii: bool,
    characters: usize,
    bytes: usize,
}

impl<'a> Offsets<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            ascii: text.is_ascii(),
            characters: 0,
            bytes: 0,
        }
    }

    /// The byte at which the character of this number begins.
    pub(crate) fn byte(&mut self, character: usize) -> usize {
        if self.ascii {
            return character.min(self.text.len());
        }
        while self.characters < character {
            let rest = self.text.get(self.bytes..).unwrap_or_default();
            let Some(c) = rest.chars().next() else { break };
            self.bytes += c.len_utf8();
            self.characters += 1;
        }
        while self.characters > character {
            let before = self.text.get(..self.bytes).unwrap_or_default();
            let Some(c) = before.chars().next_back() else {
                break;
            };
            self.bytes -= c.len_utf8();
            self.characters -= 1;
        }
        self.bytes
    }
}

/// Where something begins behind its anchor and its tag, which the parser counts to it.
pub(super) fn behind_properties(text: &str, start: usize) -> usize {
    let from = |at: usize| text.as_bytes().get(at..).unwrap_or_default();
    let until = |at: usize, ends: fn(&u8) -> bool| {
        let bytes = from(at).iter().position(ends);
        bytes.map_or(text.len(), |bytes| at + bytes)
    };
    let mut at = start;
    loop {
        at = match from(at) {
            // A tag in brackets may hold what would end any other.
            [b'!', b'<', ..] => until(at, |byte| *byte == b'>') + 1,
            [b'!' | b'&', ..] => until(at + 1, |byte| {
                byte.is_ascii_whitespace() || b",[]{}".contains(byte)
            }),
            [b'#', ..] if at > start => until(at, |byte| *byte == b'\n'),
            [blank, ..] if blank.is_ascii_whitespace() && at > start => {
                until(at, |byte| !byte.is_ascii_whitespace())
            }
            _ => return at.min(text.len()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_and_a_tag_are_no_part_of_what_they_stand_before() {
        for (text, rest) in [
            ("&a [b]", "[b]"),
            ("!!seq &a # c\n  - b", "- b"),
            ("&a[b]", "[b]"),
            ("!<tag:yaml.org,2002:map> {b: c}", "{b: c}"),
            ("b: c", "b: c"),
            (" b", " b"),
            ("&a", ""),
            ("!<b", ""),
        ] {
            assert_eq!(&text[behind_properties(text, 0)..], rest, "{text}");
        }
    }

    #[test]
    fn a_byte_is_found_forwards_and_backwards() {
        let mut offsets = Offsets::of("aö€𝄞z");
        let bytes = [0, 3, 5, 1, 4, 2, 9].map(|character| offsets.byte(character));
        assert_eq!(bytes, [0, 6, 11, 1, 10, 3, 11]);
        assert_eq!(Offsets::of("abc").byte(2), 2);
    }
}
