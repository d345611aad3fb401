//! From the regular expressions of JavaScript to those of Rust: the same meaning, written the other way.

use std::{iter::Peekable, str::Chars};

/// The edge of a word, in which only the letters of ASCII count.
pub(super) const ASCII_EDGE: &str = "(?-u:\\b)";

/// Writes a pattern anew; otherwise says what in it has no counterpart.
pub(super) fn translate(source: &str, flags: &str) -> Result<String, String> {
    let mut ours = String::with_capacity(source.len() + 8);
    let mut dot = "[^\\n\\r\\u{2028}\\u{2029}]";
    for flag in flags.chars() {
        match flag {
            'i' | 'm' => {
                ours.push_str("(?");
                ours.push(flag);
                ours.push(')');
            }
            's' => dot = "(?s:.)",
            'g' | 'u' | 'y' => {}
            _ => return Err(format!("the flag `{flag}` of a pattern is not understood")),
        }
    }
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '.' => ours.push_str(dot),
            '[' => class(&mut chars, &mut ours)?,
            '\\' => escape(&mut chars, &mut ours)?,
            '{' if !is_quantifier(chars.clone()) => ours.push_str("\\{"),
            '{' => {
                ours.push(c);
                for c in chars.by_ref() {
                    ours.push(c);
                    if c == '}' {
                        break;
                    }
                }
            }
            '}' | ']' => literal(c, &mut ours),
            c => ours.push(c),
        }
    }
    Ok(ours)
}

/// Whether what follows an opening brace makes it a count, and not a brace.
fn is_quantifier(rest: Peekable<Chars<'_>>) -> bool {
    let mut digits = 0;
    for c in rest {
        match c {
            '0'..='9' => digits += 1,
            ',' if digits > 0 => {}
            '}' => return digits > 0,
            _ => return false,
        }
    }
    false
}

/// An escape outside a class, the backslash of which was read.
fn escape(chars: &mut Peekable<Chars<'_>>, ours: &mut String) -> Result<(), String> {
    match chars.next() {
        Some('d') => ours.push_str("[0-9]"),
        Some('D') => ours.push_str("[^0-9]"),
        Some('w') => ours.push_str("[0-9A-Za-z_]"),
        Some('W') => ours.push_str("[^0-9A-Za-z_]"),
        Some('b') => ours.push_str(ASCII_EDGE),
        Some('B') => ours.push_str("(?-u:\\B)"),
        Some(c @ ('s' | 'S' | 'k' | '1'..='9')) => {
            ours.push('\\');
            ours.push(c);
        }
        Some(c) => character(c, chars, ours)?,
        None => return Err("a pattern ends with a backslash".to_owned()),
    }
    Ok(())
}

/// An escape that means one character, or a class of Unicode.
fn character(c: char, chars: &mut Peekable<Chars<'_>>, ours: &mut String) -> Result<(), String> {
    match c {
        'n' | 'r' | 't' | 'f' | 'v' | 'p' | 'P' => {
            ours.push('\\');
            ours.push(c);
        }
        '0' => ours.push_str("\\x00"),
        'x' => code(2, chars, ours)?,
        'u' if chars.peek() == Some(&'{') => ours.push_str("\\u"),
        'u' => code(4, chars, ours)?,
        'c' => return Err("a control character of a pattern is not understood".to_owned()),
        c if c.is_ascii_alphanumeric() => ours.push(c),
        c => literal(c, ours),
    }
    Ok(())
}

/// A character by its number, in so many digits.
fn code(digits: usize, chars: &mut Peekable<Chars<'_>>, ours: &mut String) -> Result<(), String> {
    let written: String = chars.by_ref().take(digits).collect();
    let number = u32::from_str_radix(&written, 16)
        .ok()
        .filter(|_| written.len() == digits);
    // Half a surrogate pair is in no text of ours; in its place stands a character that is in none either.
    match number {
        Some(number) => {
            let c = char::from_u32(number).unwrap_or('\u{10ffff}');
            ours.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            Ok(())
        }
        None => Err(format!("`\\{written}` is no character of a pattern")),
    }
}

fn literal(c: char, ours: &mut String) {
    if c.is_ascii_punctuation() {
        ours.push('\\');
    }
    ours.push(c);
}

/// A class, the opening bracket of which was read.
fn class(chars: &mut Peekable<Chars<'_>>, ours: &mut String) -> Result<(), String> {
    let start = ours.len();
    ours.push('[');
    if chars.next_if_eq(&'^').is_some() {
        ours.push('^');
    }
    if chars.next_if_eq(&']').is_some() {
        // `[]` is nothing and `[^]` anything.
        let anything = ours.ends_with('^');
        ours.truncate(start);
        ours.push_str(if anything { "(?s:.)" } else { "[^\\s\\S]" });
        return Ok(());
    }
    let mut after_item = false;
    while let Some(c) = chars.next() {
        match c {
            ']' => {
                ours.push(']');
                return Ok(());
            }
            // Between two characters it is a range; anywhere else it is itself.
            '-' if after_item && is_range(chars.clone()) => {
                ours.push('-');
                match chars.next() {
                    Some('\\') => in_class(chars, ours)?,
                    Some(c) => literal(c, ours),
                    None => {}
                }
                after_item = false;
            }
            '\\' => {
                after_item = !chars.peek().is_some_and(is_class);
                in_class(chars, ours)?;
            }
            c => {
                after_item = true;
                literal(c, ours);
            }
        }
    }
    Err("a class of a pattern is not closed with ]".to_owned())
}

/// Whether a hyphen before this is that of a range.
fn is_range(mut rest: Peekable<Chars<'_>>) -> bool {
    match rest.next() {
        None | Some(']') => false,
        Some('\\') => !rest.peek().is_some_and(is_class),
        Some(_) => true,
    }
}

/// Whether this behind a backslash stands for several characters.
fn is_class(escaped: &char) -> bool {
    matches!(escaped, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P')
}

/// An escape inside a class, the backslash of which was read.
fn in_class(chars: &mut Peekable<Chars<'_>>, ours: &mut String) -> Result<(), String> {
    match chars.next() {
        Some('d') => ours.push_str("0-9"),
        Some('w') => ours.push_str("0-9A-Za-z_"),
        Some('D') => ours.push_str("[^0-9]"),
        Some('W') => ours.push_str("[^0-9A-Za-z_]"),
        Some('b') => ours.push_str("\\x08"),
        Some(c @ ('s' | 'S')) => {
            ours.push('\\');
            ours.push(c);
        }
        Some(c) => character(c, chars, ours)?,
        None => return Err("a pattern ends with a backslash".to_owned()),
    }
    Ok(())
}
