//! Keys that were fetched from somebody else.

use crate::time::Timestamp;

/// A key set as it was fetched, and since when it has been this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptKeys {
    /// The set (RFC 7517 section 5), in JSON.
    pub set: String,
    /// When this set was first seen.
    pub taken: Timestamp,
}
