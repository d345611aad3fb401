//! The optimistic lock: how often a stored thing has been written.

use serde::{Deserialize, Serialize};

/// How often a thing was written; 0 before the first time. Its `ETag` on the wire.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
#[serde(transparent)]
pub struct Revision(i64);

impl Revision {
    /// Of a thing that was never stored.
    pub const NEW: Self = Self(0);

    /// The revision that a stored number means.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number as stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The revision after one more write.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
