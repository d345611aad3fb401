//! The JSON reader: RFC 8259 to the letter, without recursion.

use std::fmt::Arguments;

use crate::{
    read::json_text,
    report::Quoted,
    rule::Rule,
    tree::{
        builder::{Builder, Stop},
        slot::Form,
    },
};

/// Reads a whole text as one JSON value.
pub(crate) fn read(text: &str, builder: &mut Builder<'_, '_>) -> Result<(), Stop> {
    let mut reader = Reader {
        text,
        at: 0,
        builder,
    };
    reader.blanks();
    reader.value()?;
    while let Some((form, children)) = reader.builder.innermost() {
        reader.blanks();
        match form {
            Form::Object => reader.member(children == 0)?,
            _ => reader.item(children == 0)?,
        }
    }
    reader.blanks();
    match reader.peek() {
        None => Ok(()),
        Some(_) => Err(reader.fail(format_args!(
            "something follows the end of the document; a JSON document is one value"
        ))),
    }
}

struct Reader<'r, 'a, 'b> {
    text: &'r str,
    at: usize,
    builder: &'r mut Builder<'a, 'b>,
}

impl Reader<'_, '_, '_> {
    /// The next member of an object with its value, or the object's end.
    fn member(&mut self, first: bool) -> Result<(), Stop> {
        match self.peek() {
            Some(b'}') => return self.close(),
            Some(b',') if !first => {
                self.at += 1;
                self.blanks();
            }
            Some(_) if first => {}
            _ => return Err(self.expected("`,` or `}`")),
        }
        match self.peek() {
            Some(b'"') => self.string()?,
            _ => return Err(self.expected("a key in double quotes")),
        }
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        self.blanks();
        self.value()
    }

    /// The next item of a list, or the list's end.
    fn item(&mut self, first: bool) -> Result<(), Stop> {
        match self.peek() {
            Some(b']') => return self.close(),
            Some(b',') if !first => {
                self.at += 1;
                self.blanks();
            }
            Some(_) if first => {}
            _ => return Err(self.expected("`,` or `]`")),
        }
        self.value()
    }

    /// A value, or the beginning of one that holds others.
    fn value(&mut self) -> Result<(), Stop> {
        match self.peek() {
            Some(b'{') => self.open(Form::Object),
            Some(b'[') => self.open(Form::List),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word(),
            _ => Err(self.expected("a value")),
        }
    }

    fn open(&mut self, form: Form) -> Result<(), Stop> {
        self.builder.open(form, self.at)?;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        self.at += 1;
        self.builder.close(self.at);
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let inside = self.text.get(start + 1..).unwrap_or_default();
        match json_text::read(inside) {
            Ok(json_text::Read::AsItIs(length)) => {
                self.at = start + length + 2;
                self.builder.scalar(Form::Quoted, start, self.at)?;
                Ok(())
            }
            Ok(json_text::Read::Escaped { text, length }) => {
                self.at = start + length + 2;
                self.builder.rewritten(&text, start, self.at)?;
                Ok(())
            }
            Err((offset, problem)) => {
                self.at = start + 1 + offset;
                Err(self.fail(format_args!("{problem}")))
            }
        }
    }

    fn number(&mut self) -> Result<(), Stop> {
        let rest = self.rest();
        let inside = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(|byte| inside(byte)).count();
        if !is_number(rest.get(..length).unwrap_or_default()) {
            return Err(self.fail(format_args!(
                "not a number as JSON writes it, for instance `-1.5e3`: no leading zeros or `+`, digits on both sides of the point"
            )));
        }
        let start = self.at;
        self.at += length;
        self.builder.scalar(Form::Number, start, self.at)?;
        Ok(())
    }

    fn word(&mut self) -> Result<(), Stop> {
        let letters = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric());
        let end = self.at + letters.count();
        let word = self.text.get(self.at..end).unwrap_or_default();
        let form = match word {
            "null" => Form::Null,
            "true" => Form::True,
            "false" => Form::False,
            "NaN" | "Infinity" => {
                return Err(self.fail(format_args!("JSON has no {}", Quoted(word))));
            }
            _ => {
                let message =
                    format_args!("{} is no value; text stands in double quotes", Quoted(word));
                return Err(self.fail(message));
            }
        };
        let start = self.at;
        self.at = end;
        self.builder.scalar(form, start, end)?;
        Ok(())
    }

    fn blanks(&mut self) {
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(blank).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn expected(&mut self, what: &str) -> Stop {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            None => self.fail(format_args!("the document ends where {what} is expected")),
            Some('/' | '#') => self.fail(format_args!("expected {what}; JSON has no comments")),
            Some('}' | ']') if self.follows_a_comma() => self.fail(format_args!(
                "expected {what}; JSON allows no comma before the end"
            )),
            Some(c) => {
                let mut buffer = [0; 4];
                let found = Quoted(c.encode_utf8(&mut buffer));
                self.fail(format_args!("expected {what}, found {found}"))
            }
        }
    }

    fn follows_a_comma(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.trim_end().ends_with(',')
    }

    fn fail(&mut self, message: Arguments<'_>) -> Stop {
        self.builder.fail(Rule::Syntax, self.at, message)
    }
}

/// Whether the bytes are a number (RFC 8259 section 6).
fn is_number(bytes: &[u8]) -> bool {
    let (whole, rest) = digits(bytes.strip_prefix(b"-").unwrap_or(bytes));
    let (fraction, rest) = match rest.split_first() {
        Some((b'.', rest)) => {
            let (fraction, rest) = digits(rest);
            (Some(fraction), rest)
        }
        _ => (None, rest),
    };
    let exponent = match rest.split_first() {
        Some((b'e' | b'E', rest)) => {
            let unsigned = match rest.split_first() {
                Some((b'+' | b'-', rest)) => rest,
                _ => rest,
            };
            let (exponent, rest) = digits(unsigned);
            !exponent.is_empty() && rest.is_empty()
        }
        Some(_) => false,
        None => true,
    };
    let leading_zero = whole.len() > 1 && whole.starts_with(b"0");
    let pointed = fraction.is_none_or(|fraction| !fraction.is_empty());
    !whole.is_empty() && !leading_zero && pointed && exponent
}

fn digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let count = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    bytes.split_at_checked(count).unwrap_or((bytes, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_the_rfc_says_it_is() {
        for good in ["0", "-0", "10", "1.5", "1e5", "1E+5", "-1.05e-10"] {
            assert!(is_number(good.as_bytes()), "{good}");
        }
        for bad in [
            "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1.e5", "1-2", "--1", "1.5.5",
        ] {
            assert!(!is_number(bad.as_bytes()), "{bad}");
        }
    }
}
