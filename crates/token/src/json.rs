//! JSON (RFC 8259) as strictly as it can be read: one object, no name twice, nothing deeper than 16, nothing around it.
//!
//! Readers that differ in what they do with a second `sub` or a lone surrogate can be played against each other; this one
//! refuses whatever another could read differently.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Deep enough for any claim in use (RFC 8693 actors nest deepest), shallow enough for a small stack.
const MAX_DEPTH: usize = 16;

/// A value, borrowing from the text it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// The literal as it stands: what range and precision it needs is for the reader of the claim to say.
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Object<'a>),
}

/// An object: its members in the order in which they stand, no name twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Value<'a>)>);

/// Why a text is not JSON as we read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (byte {at})")]
pub struct NotStrictJson {
    /// Where it was noticed, in bytes from the start.
    pub at: usize,
    /// What was noticed.
    pub fault: Fault,
}

/// What can be wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Bytes that are no UTF-8.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// Something other than an object at the top.
    #[error("it is not an object")]
    NotAnObject,
    /// The end in the middle.
    #[error("it ends too early")]
    EndsEarly,
    /// A character that cannot stand where it stands.
    #[error("a character is out of place")]
    OutOfPlace,
    /// A number in no form of RFC 8259 section 6, for instance with a leading zero.
    #[error("a number is malformed")]
    MalformedNumber,
    /// A text with an unknown escape or a bare control character.
    #[error("a text is malformed")]
    MalformedText,
    /// Half of a surrogate pair, which stands for no character.
    #[error("a text holds half a surrogate pair")]
    LoneSurrogate,
    /// A name that stands twice in one object, escapes resolved.
    #[error("a name stands twice")]
    Duplicate,
    /// More nesting than 16.
    #[error("it is nested deeper than 16")]
    TooDeep,
    /// Something after the object.
    #[error("something follows the object")]
    TrailingText,
}

impl<'a> Object<'a> {
    /// Reads a text that is one object and nothing else but blanks.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, NotStrictJson> {
        let text = std::str::from_utf8(bytes).map_err(|error| NotStrictJson {
            at: error.valid_up_to(),
            fault: Fault::NotUtf8,
        })?;
        let mut reader = Reader {
            rest: text,
            length: text.len(),
        };
        reader.skip_blanks();
        if !reader.rest.starts_with('{') {
            return Err(reader.fault(Fault::NotAnObject));
        }
        let object = reader.object(1)?;
        reader.skip_blanks();
        if reader.rest.is_empty() {
            Ok(object)
        } else {
            Err(reader.fault(Fault::TrailingText))
        }
    }

    /// The value under a name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let mut members = self.0.iter();
        members.find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The names, in the order in which they stand.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }
}

impl Value<'_> {
    /// The text, when it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    length: usize,
}

type Read<T> = Result<T, NotStrictJson>;

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Read<Value<'a>> {
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(depth).map(Value::Object),
            Some(b'[') => self.list(depth).map(Value::List),
            Some(b'"') => self.text().map(Value::Text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(_) => Err(self.fault(Fault::OutOfPlace)),
            None => Err(self.fault(Fault::EndsEarly)),
        }
    }

    fn object(&mut self, depth: usize) -> Read<Object<'a>> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.enter('{', depth)?;
        if self.take('}') {
            return Ok(Object(members));
        }
        loop {
            self.skip_blanks();
            let duplicate = self.fault(Fault::Duplicate);
            let name = self.text()?;
            // Linear, because an object of a token is small: the caps on size come before this reader.
            if members.iter().any(|(known, _)| *known == name) {
                return Err(duplicate);
            }
            self.skip_blanks();
            self.expect(':')?;
            self.skip_blanks();
            members.push((name, self.value(depth + 1)?));
            if self.ends('}')? {
                return Ok(Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Read<Vec<Value<'a>>> {
        let mut items = Vec::new();
        self.enter('[', depth)?;
        if self.take(']') {
            return Ok(items);
        }
        loop {
            self.skip_blanks();
            items.push(self.value(depth + 1)?);
            if self.ends(']')? {
                return Ok(items);
            }
        }
    }

    fn enter(&mut self, bracket: char, depth: usize) -> Read<()> {
        if depth > MAX_DEPTH {
            return Err(self.fault(Fault::TooDeep));
        }
        self.expect(bracket)?;
        self.skip_blanks();
        Ok(())
    }

    /// After an item: whether the bracket closes, or a comma promises another.
    fn ends(&mut self, bracket: char) -> Read<bool> {
        self.skip_blanks();
        if self.take(bracket) {
            return Ok(true);
        }
        self.expect(',').map(|()| false)
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Read<Value<'a>> {
        let Some(rest) = self.rest.strip_prefix(word) else {
            return Err(self.fault(Fault::OutOfPlace));
        };
        self.rest = rest;
        Ok(value)
    }

    fn text(&mut self) -> Read<Cow<'a, str>> {
        self.expect('"')?;
        let plain = self.plain();
        if self.take('"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            if self.take('"') {
                return Ok(Cow::Owned(text));
            }
            if self.rest.is_empty() {
                return Err(self.fault(Fault::EndsEarly));
            }
            // `plain` stops at a quote, a backslash or a control character; only a backslash may go on.
            if !self.take('\\') {
                return Err(self.fault(Fault::MalformedText));
            }
            text.push(self.escaped()?);
            text.push_str(self.plain());
        }
    }

    /// As much of a text as needs no thought.
    fn plain(&mut self) -> &'a str {
        let special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let end = self.rest.bytes().position(special);
        self.advance(end.unwrap_or(self.rest.len()))
    }

    fn escaped(&mut self) -> Read<char> {
        let malformed = self.fault(Fault::MalformedText);
        let escape = self.rest.chars().next().ok_or(malformed)?;
        self.advance(escape.len_utf8());
        match escape {
            '"' | '\\' | '/' => Ok(escape),
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'u' => self.code_point(),
            _ => Err(malformed),
        }
    }

    /// One code point of one `\u` escape, or of the two that make a surrogate pair.
    fn code_point(&mut self) -> Read<char> {
        let lone = self.fault(Fault::LoneSurrogate);
        let first = self.four_digits()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            if !(self.take('\\') && self.take('u')) {
                return Err(lone);
            }
            let second = self.four_digits()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(lone);
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or(lone)
    }

    fn four_digits(&mut self) -> Read<u32> {
        let malformed = self.fault(Fault::MalformedText);
        let digits = self.rest.get(..4).ok_or(malformed)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed);
        }
        self.advance(4);
        u32::from_str_radix(digits, 16).map_err(|_| malformed)
    }

    fn number(&mut self) -> Read<&'a str> {
        let malformed = self.fault(Fault::MalformedNumber);
        let start = self.rest;
        self.take('-');
        let leading_zero = self.rest.starts_with('0');
        let whole = self.digits();
        if whole == 0 || (leading_zero && whole > 1) {
            return Err(malformed);
        }
        if self.take('.') && self.digits() == 0 {
            return Err(malformed);
        }
        if self.take('e') || self.take('E') {
            let _ = self.take('+') || self.take('-');
            if self.digits() == 0 {
                return Err(malformed);
            }
        }
        let (number, _) = start.split_at(start.len() - self.rest.len());
        Ok(number)
    }

    fn digits(&mut self) -> usize {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit());
        self.advance(end.unwrap_or(self.rest.len())).len()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn expect(&mut self, wanted: char) -> Read<()> {
        if self.take(wanted) {
            return Ok(());
        }
        let early = self.rest.is_empty();
        Err(self.fault(if early {
            Fault::EndsEarly
        } else {
            Fault::OutOfPlace
        }))
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn advance(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    fn fault(&self, fault: Fault) -> NotStrictJson {
        NotStrictJson {
            at: self.length - self.rest.len(),
            fault,
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_unit(),
            Self::Bool(value) => to.serialize_bool(*value),
            // Shown as it stands: through a float, a hostile number would be shown as another one.
            Self::Number(literal) => RawValue::from_string((*literal).to_owned())
                .map_err(serde::ser::Error::custom)?
                .serialize(to),
            Self::Text(text) => to.serialize_str(text),
            Self::List(items) => to.collect_seq(items),
            Self::Object(object) => object.serialize(to),
        }
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests;
