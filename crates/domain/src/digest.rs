//! SHA-256: how documents, states and credentials are named by their content.

use sha2::{Digest, Sha256};

/// The 32 bytes of SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest256([u8; 32]);

impl AsRef<[u8]> for Digest256 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Digest256 {
    /// The digest that 64 hexadecimal digits of lower case show; nothing for any other text.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        let (pairs, rest) = digits.as_chunks::<2>();
        let whole = pairs.len() == 32 && rest.is_empty();
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        whole.then_some(Self(bytes))
    }
}

/// SHA-256 of the bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest256 {
    Digest256(Sha256::digest(bytes).into())
}

/// SHA-256 of the bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(sha256(bytes).as_ref())
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digit(symbol: u8) -> Option<u8> {
    match symbol {
        b'0'..=b'9' => Some(symbol - b'0'),
        b'a'..=b'f' => Some(symbol - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_what_it_shows() {
        let digest = sha256(b"abc");
        assert_eq!(Digest256::from_hex(&sha256_hex(b"abc")), Some(digest));
    }

    #[test]
    fn what_is_no_digest_is_none() {
        let text = sha256_hex(b"abc");
        for wrong in ["", &text[1..], &text.to_uppercase(), &format!("{text}00")] {
            assert_eq!(Digest256::from_hex(wrong), None, "{wrong}");
        }
    }
}
