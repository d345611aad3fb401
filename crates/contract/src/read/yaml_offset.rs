//! From the characters that the YAML parser counts to the bytes that the document counts.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_forwards_and_backwards() {
        let mut offsets = Offsets::of("aö€𝄞z");
        let bytes = [0, 3, 5, 1, 4, 2, 9].map(|character| offsets.byte(character));
        assert_eq!(bytes, [0, 6, 11, 1, 10, 3, 11]);
        assert_eq!(Offsets::of("abc").byte(2), 2);
    }
}
