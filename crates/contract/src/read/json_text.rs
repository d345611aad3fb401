//! Strings of JSON: escapes undone, nothing forgiven.

/// A string that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It stands in the document as it is, in this many bytes.
    AsItIs(usize),
    /// It was written with escapes.
    Escaped {
        /// What it says.
        text: String,
        /// The bytes it is written with.
        length: usize,
    },
}

/// Reads up to the closing quote.
///
/// # Errors
/// The byte at which reading ended, and why.
pub(crate) fn read(inside: &str) -> Result<Read, (usize, &'static str)> {
    let plain = plain(inside, 0)?;
    if inside.as_bytes().get(plain) == Some(&b'"') {
        return Ok(Read::AsItIs(plain));
    }
    let mut text = String::new();
    let mut at = 0;
    loop {
        let end = self::plain(inside, at)?;
        text.push_str(inside.get(at..end).unwrap_or_default());
        if inside.as_bytes().get(end) == Some(&b'"') {
            return Ok(Read::Escaped { text, length: end });
        }
        let (c, after) = escape(inside, end)?;
        text.push(c);
        at = end + after;
    }
}

/// Where the next quote or backslash stands.
fn plain(inside: &str, from: usize) -> Result<usize, (usize, &'static str)> {
    let rest = inside.as_bytes().get(from..).unwrap_or_default();
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0x00..=0x1f);
    let Some(length) = rest.iter().position(special) else {
        return Err((
            inside.len(),
            "the document ends inside a text; a `\"` is missing",
        ));
    };
    match rest.get(length) {
        Some(b'"' | b'\\') => Ok(from + length),
        Some(b'\n' | b'\r') => Err((
            from + length,
            "a line ends inside a text; write `\\n`, or close the text with `\"`",
        )),
        _ => Err((
            from + length,
            "a control character stands in a text; write it as `\\u` and four digits",
        )),
    }
}

/// The character of the escape at this byte, and how many bytes it is written with.
fn escape(inside: &str, at: usize) -> Result<(char, usize), (usize, &'static str)> {
    let c = match inside.as_bytes().get(at + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(inside, at),
        _ => {
            return Err((
                at,
                "no escape of JSON; a backslash itself is written `\\\\`",
            ));
        }
    };
    Ok((c, 2))
}

/// The character of `\uXXXX`, or of two of them that form a surrogate pair.
fn unicode(inside: &str, at: usize) -> Result<(char, usize), (usize, &'static str)> {
    let digits = (at, "`\\u` is followed by four hexadecimal digits");
    let first = unit(inside, at).ok_or(digits)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    let unpaired = (
        at,
        "half of a surrogate pair stands alone; it is no character",
    );
    let second = unit(inside, at + 6).ok_or(unpaired)?;
    let pair = (0xd800..0xdc00).contains(&first) && (0xdc00..0xe000).contains(&second);
    let c = pair.then(|| 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
    let c = c.and_then(char::from_u32).ok_or(unpaired)?;
    Ok((c, 12))
}

fn unit(inside: &str, at: usize) -> Option<u32> {
    let digits = inside.get(at..)?.strip_prefix("\\u")?.get(..4)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(inside: &str) -> String {
        match read(inside).expect("a string of JSON") {
            Read::AsItIs(length) => inside[..length].to_owned(),
            Read::Escaped { text, .. } => text,
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(text("plain ö\" rest"), "plain ö");
        assert_eq!(
            text("a\\\"\\\\\\/\\b\\f\\n\\r\\tz\""),
            "a\"\\/\u{8}\u{c}\n\r\tz"
        );
        assert_eq!(text("\\u00e9\\ud834\\udd1e\""), "é𝄞");
    }

    #[test]
    fn what_is_no_string_is_refused_at_its_byte() {
        let offset = |inside| read(inside).expect_err("no string of JSON").0;
        assert_eq!(offset("abc"), 3);
        assert_eq!(offset("ab\ncd\""), 2);
        assert_eq!(offset("ab\u{0}\""), 2);
        assert_eq!(offset("ab\\x\""), 2);
        assert_eq!(offset("\\ud834 \""), 0);
        assert_eq!(offset("\\udd1e\""), 0);
        assert_eq!(offset("\\u+123\""), 0);
        assert_eq!(offset("\\"), 0);
    }
}
