//! base64url without padding (RFC 7515 section 2), read strictly: no padding, no blanks, no loose bits at the end.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The text of the bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the text of the bytes.
pub(crate) fn append(bytes: &[u8], to: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, to);
}

/// The bytes of a text; one text per value, so that nothing can be written in two ways.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
