//! Where a key stands, with the data of each state.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{key::PrivateHalf, time::Timestamp};

/// Where a key stands (NIST SP 800-57 part 1, section 7). The private key lives in the states that may sign again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Made, and known to nobody yet.
    Staged {
        /// Its private key.
        private: PrivateHalf,
    },
    /// In the key set, not signing yet: a standby.
    Published {
        /// Since when.
        at: Timestamp,
        /// Its private key.
        private: PrivateHalf,
    },
    /// Signing.
    Active {
        /// When it was published.
        published: Timestamp,
        /// When it began to sign.
        at: Timestamp,
        /// Its private key.
        private: PrivateHalf,
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
    /// Set aside: it signs nothing, and our gateways accept nothing it signed, until it is resumed.
    Suspended {
        /// Since when.
        at: Timestamp,
        /// Whether others go on accepting what it signed.
        listing: Listing,
        /// Where it stood, and the only place to which it can return.
        was: Before,
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

/// Where a key stood before it was suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are those of `KeyState`")]
pub enum Before {
    Published {
        at: Timestamp,
        private: PrivateHalf,
    },
    Active {
        published: Timestamp,
        at: Timestamp,
        private: PrivateHalf,
    },
    Deactivated {
        published: Timestamp,
        activated: Timestamp,
        at: Timestamp,
    },
}

/// Whether a suspended key stays in the key set that others read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listing {
    /// It does: verifiers that are not ours go on accepting what it signed.
    Listed,
    /// It does not.
    Withdrawn,
}

/// A key's state without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are those of `KeyState`")]
pub enum KeyStateName {
    Staged,
    Published,
    Active,
    Deactivated,
    Suspended,
    Retired,
    Compromised,
}

impl KeyStateName {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Published => "published",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }

    /// The moves that may be asked of a key that stands so, in the verbs of the JSON API.
    #[must_use]
    pub const fn moves(self) -> &'static [&'static str] {
        match self {
            Self::Staged => &["publish", "discard", "compromise"],
            Self::Published => &["activate", "suspend", "compromise"],
            Self::Active => &["suspend", "compromise"],
            Self::Deactivated => &["retire", "suspend", "compromise"],
            Self::Suspended => &["resume", "compromise"],
            Self::Retired | Self::Compromised => &[],
        }
    }
}

impl fmt::Display for KeyStateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Listing {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Before {
    /// The state without its data.
    #[must_use]
    pub const fn name(&self) -> KeyStateName {
        match self {
            Self::Published { .. } => KeyStateName::Published,
            Self::Active { .. } => KeyStateName::Active,
            Self::Deactivated { .. } => KeyStateName::Deactivated,
        }
    }
}

impl From<Before> for KeyState {
    fn from(before: Before) -> Self {
        match before {
            Before::Published { at, private } => Self::Published { at, private },
            Before::Active {
                published,
                at,
                private,
            } => Self::Active {
                published,
                at,
                private,
            },
            Before::Deactivated {
                published,
                activated,
                at,
            } => Self::Deactivated {
                published,
                activated,
                at,
            },
        }
    }
}

impl KeyState {
    /// The state without its data.
    #[must_use]
    pub const fn name(&self) -> KeyStateName {
        match self {
            Self::Staged { .. } => KeyStateName::Staged,
            Self::Published { .. } => KeyStateName::Published,
            Self::Active { .. } => KeyStateName::Active,
            Self::Deactivated { .. } => KeyStateName::Deactivated,
            Self::Suspended { .. } => KeyStateName::Suspended,
            Self::Retired { .. } => KeyStateName::Retired,
            Self::Compromised { .. } => KeyStateName::Compromised,
        }
    }

    /// The private key, where there is one.
    #[must_use]
    pub const fn private(&self) -> Option<&PrivateHalf> {
        match self {
            Self::Staged { private }
            | Self::Published { private, .. }
            | Self::Active { private, .. }
            | Self::Suspended {
                was: Before::Published { private, .. } | Before::Active { private, .. },
                ..
            } => Some(private),
            Self::Suspended {
                was: Before::Deactivated { .. },
                ..
            }
            | Self::Deactivated { .. }
            | Self::Retired { .. }
            | Self::Compromised { .. } => None,
        }
    }

    /// Whether others find the key in the key set (invariant I7).
    #[must_use]
    pub const fn is_listed(&self) -> bool {
        match self {
            Self::Published { .. } | Self::Active { .. } | Self::Deactivated { .. } => true,
            Self::Suspended { listing, .. } => matches!(listing, Listing::Listed),
            Self::Staged { .. } | Self::Retired { .. } | Self::Compromised { .. } => false,
        }
    }

    /// Since when the key is published, where it is.
    #[must_use]
    pub const fn published(&self) -> Option<Timestamp> {
        match self {
            Self::Published { at, .. } => Some(*at),
            Self::Active { published, .. } | Self::Deactivated { published, .. } => {
                Some(*published)
            }
            Self::Staged { .. }
            | Self::Suspended { .. }
            | Self::Retired { .. }
            | Self::Compromised { .. } => None,
        }
    }
}
