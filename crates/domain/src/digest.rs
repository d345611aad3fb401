//! SHA-256 as hexadecimal text: how documents and states are named by their content.

use sha2::{Digest, Sha256};

/// SHA-256 of the bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
