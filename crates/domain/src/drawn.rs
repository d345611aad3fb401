//! Texts that are drawn and shown once: a prefix that scanners know, the id of a row, and 260 drawn bits. What is kept is a keyed
//! hash under that id.

use crate::{entropy::Entropy, secret::Secret};

/// The characters of the drawn part, five bits each.
pub(crate) const SECRET: usize = 52;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// `<prefix><digits of the id>_<drawn bits>`.
pub(crate) fn compose(prefix: &str, id: &str, entropy: &dyn Entropy) -> Secret<String> {
    let mut bits = [0; SECRET];
    entropy.fill(&mut bits);
    let (_, digits) = id.split_once('_').unwrap_or_default();
    let mut text = String::with_capacity(prefix.len() + digits.len() + 1 + SECRET);
    text.push_str(prefix);
    text.push_str(digits);
    text.push('_');
    // Five bits of each byte: every character is equally likely, and 52 of them hold 260 bits.
    for byte in bits {
        let symbol = ALPHABET.get(usize::from(byte & 31));
        text.push(char::from(symbol.copied().unwrap_or(b'0')));
    }
    Secret::new(text)
}

/// The digits of the id in a text that is formed so; nothing was looked up yet.
pub(crate) fn digits<'a>(prefix: &str, text: &'a str) -> Option<&'a str> {
    let (digits, secret) = text.strip_prefix(prefix)?.split_once('_')?;
    let whole = secret.len() == SECRET && secret.bytes().all(|byte| ALPHABET.contains(&byte));
    whole.then_some(digits)
}
