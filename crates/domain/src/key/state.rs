//! Where a key stands, with the data of each state.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{key::Sealed, time::Timestamp};

/// Where a key stands (NIST SP 800-57 part 1, section 7). The private key lives in the states that may still sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the key set, not signing yet: the warm standby.
    Published {
        /// Since when.
        at: Timestamp,
        /// Its private key.
        private: Sealed,
    },
    /// Signing.
    Active {
        /// When it was published.
        published: Timestamp,
        /// When it began to sign.
        at: Timestamp,
        /// Its private key.
        private: Sealed,
    },
    /// No longer signing; its tokens live on. The private key is gone.
    Deactivated {
        /// When it was published.
        published: Timestamp,
        /// When it began to sign.
        activated: Timestamp,
        /// When it stopped.
        at: Timestamp,
    },
    /// Out of the key set for good, its last token dead.
    Retired {
        /// Since when.
        at: Timestamp,
    },
    /// Out of the key set at once, nothing it signed accepted any more.
    Compromised {
        /// Since when.
        at: Timestamp,
    },
}

/// A key's state without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are those of `KeyState`")]
pub enum KeyStateName {
    Published,
    Active,
    Deactivated,
    Retired,
    Compromised,
}

impl KeyStateName {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }
}

impl fmt::Display for KeyStateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl KeyState {
    /// The state without its data.
    #[must_use]
    pub const fn name(&self) -> KeyStateName {
        match self {
            Self::Published { .. } => KeyStateName::Published,
            Self::Active { .. } => KeyStateName::Active,
            Self::Deactivated { .. } => KeyStateName::Deactivated,
            Self::Retired { .. } => KeyStateName::Retired,
            Self::Compromised { .. } => KeyStateName::Compromised,
        }
    }
}
