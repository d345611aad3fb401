//! JSON pointers (RFC 6901) and the fragments that carry them in a `$ref`.

use std::borrow::Cow;

/// Appends one step to a pointer.
pub(crate) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    for c in step.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The steps of a pointer, none for the empty one; `None` when the text is not a pointer.
pub(crate) fn steps(pointer: &str) -> Option<impl Iterator<Item = Cow<'_, str>>> {
    let rest = match pointer.strip_prefix('/') {
        Some(rest) => Some(rest),
        None if pointer.is_empty() => None,
        None => return None,
    };
    Some(rest.into_iter().flat_map(|rest| rest.split('/')).map(step))
}

fn step(written: &str) -> Cow<'_, str> {
    if written.contains('~') {
        // In this order, so that `~01` is `~1` and not `/` (RFC 6901 section 4).
        Cow::Owned(written.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(written)
    }
}

/// Undoes percent-encoding; `None` when what comes out is not text.
pub(crate) fn percent_decode(fragment: &str) -> Option<Cow<'_, str>> {
    if !fragment.contains('%') {
        return Some(Cow::Borrowed(fragment));
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = match tail {
            [high, low, ..] if *first == b'%' => nibble(*high).zip(nibble(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pointer: &str) -> Option<Vec<String>> {
        steps(pointer).map(|steps| steps.map(Cow::into_owned).collect())
    }

    #[test]
    fn what_is_pushed_is_read_back() {
        let mut pointer = String::new();
        for step in ["paths", "/a~b", "", "~1"] {
            push(&mut pointer, step);
        }
        assert_eq!(pointer, "/paths/~1a~0b//~01");
        assert_eq!(
            read(&pointer),
            Some(vec!["paths".into(), "/a~b".into(), "".into(), "~1".into()])
        );
    }

    #[test]
    fn the_empty_pointer_has_no_steps_and_a_name_is_no_pointer() {
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("name"), None);
    }

    #[test]
    fn a_fragment_is_percent_decoded_and_must_come_out_as_text() {
        assert_eq!(
            percent_decode("/a%7Eb%2fc%zz%").as_deref(),
            Some("/a~b/c%zz%")
        );
        assert_eq!(percent_decode("%ff"), None);
    }
}
