//! The canonical path: the one form that is decided on and the one that is forwarded.
//!
//! Invariant: percent-encodings of unreserved characters are decoded (RFC 3986 section 6.2.2.2); whatever else could lead
//! two readers to different places is refused, not repaired.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Brings a path into its canonical form, or says what is wrong with it.
pub(crate) fn canonical(path: &str) -> Result<Cow<'_, str>, &'static str> {
    let canonical = if path.contains('%') {
        Cow::Owned(decode_unreserved(path)?)
    } else {
        Cow::Borrowed(path)
    };
    if !canonical
        .bytes()
        .all(|byte| byte == b'/' || byte == b'%' || is_plain(byte))
    {
        return Err("the path holds a character that must be percent-encoded, or a semicolon");
    }
    if !canonical.starts_with('/') {
        return Err("the path does not begin with a slash");
    }
    let bytes = canonical.as_bytes();
    if bytes.windows(2).any(|pair| pair == b"//") {
        return Err("the path has an empty segment");
    }
    let mut steps = bytes.split(|byte| *byte == b'/');
    if steps.any(|step| step == b"." || step == b"..") {
        return Err("the path has a dot segment");
    }
    Ok(canonical)
}

/// What a reader sees who decodes everything. Nothing in a canonical path decodes to a separator.
pub(crate) fn decoded(canonical: &str) -> Cow<'_, str> {
    percent_decode_str(canonical).decode_utf8_lossy()
}

/// Percent-encodes what may not stand bare in a path, so that a template's literals compare with canonical paths.
pub(crate) fn encoded(literal: &str) -> String {
    let mut encoded = String::with_capacity(literal.len());
    for byte in literal.bytes() {
        if is_plain(byte) {
            encoded.push(char::from(byte));
        } else {
            push_encoded(&mut encoded, byte);
        }
    }
    encoded
}

fn decode_unreserved(path: &str) -> Result<String, &'static str> {
    let mut canonical = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            canonical.push(char::from(byte));
            continue;
        }
        let byte = hex(bytes.next(), bytes.next()).ok_or("a percent-encoding is malformed")?;
        match byte {
            b'/' | b'\\' => return Err("the path holds an encoded slash or backslash"),
            b';' => return Err("the path holds an encoded semicolon"),
            0..=0x1f | 0x7f => return Err("the path holds an encoded control byte"),
            b'%' if hex(bytes.clone().next(), bytes.clone().nth(1)).is_some() => {
                return Err("the path is percent-encoded twice");
            }
            byte if is_unreserved(byte) => canonical.push(char::from(byte)),
            byte => push_encoded(&mut canonical, byte),
        }
    }
    let utf8 = percent_decode_str(&canonical).decode_utf8();
    utf8.map_err(|_| "the path is not UTF-8")?;
    Ok(canonical)
}

fn hex(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

fn push_encoded(to: &mut String, byte: u8) {
    let digit = |value: u8| {
        char::from_digit(u32::from(value), 16).map_or('0', |digit| digit.to_ascii_uppercase())
    };
    to.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// RFC 3986's `pchar` without percent-encodings and without `;`, which some readers cut paths at.
fn is_plain(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,=:@".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unreserved_character_is_decoded_and_all_else_stays_encoded() {
        assert_eq!(
            canonical("/%6frders/a%2db/%c3%a9%20"),
            Ok("/orders/a-b/%C3%A9%20".into())
        );
    }

    #[test]
    fn a_path_that_could_lead_elsewhere_is_refused() {
        let bad = [
            "",
            "*",
            "orders",
            "//",
            "/a//b",
            "/a//",
            "/.",
            "/..",
            "/a/../b",
            "/a/./b",
            "/a/%2e%2e/b",
            "/a/.%2E",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a%00",
            "/a%0d%0a",
            "/a%7f",
            "/a;x=1",
            "/a/..;/b",
            "/a%3bx",
            "/a%",
            "/a%2",
            "/a%zz",
            "/a%u002e",
            "/%c0%ae%c0%ae",
            "/%ff",
            "/%252e%252e",
            "/a%252fb",
            "/a|b",
            "/a b",
            "/a[b]",
            "/é",
        ];
        for bad in bad {
            assert!(canonical(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_literal_percent_sign_and_a_trailing_slash_may_stand() {
        assert_eq!(canonical("/100%25"), Ok("/100%25".into()));
        assert_eq!(canonical("/orders/"), Ok("/orders/".into()));
        assert_eq!(canonical("/"), Ok("/".into()));
    }

    proptest! {
        #[test]
        fn a_canonical_path_is_its_own_canonical_path(path in "/[a-z%0-9A-F./;]{0,24}") {
            if let Ok(once) = canonical(&path) {
                let twice = canonical(&once);
                prop_assert_eq!(twice.as_deref(), Ok(once.as_ref()));
            }
        }

        #[test]
        fn nothing_in_a_canonical_path_decodes_to_another_segment(path in "/[a-zA-F%0-9./]{0,24}") {
            if let Ok(canonical) = canonical(&path) {
                let (raw, seen) = (canonical.split('/'), decoded(&canonical).into_owned());
                prop_assert_eq!(raw.count(), seen.split('/').count());
                let climbs = seen.split('/').any(|step| step == "." || step == "..");
                prop_assert!(!climbs);
            }
        }
    }
}
