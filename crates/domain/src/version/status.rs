//! Where a version stands, with the data of each state.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{text::Reason, time::Timestamp};

/// Where a version stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Being prepared; nobody can call it.
    Draft,
    /// Can be called.
    Live(Live),
    /// Stopped at once, with a reason that callers are shown.
    Blocked {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Reason,
        /// What it goes back to.
        live: Live,
    },
    /// Answers 410 for good.
    Retired {
        /// Since when.
        at: Timestamp,
        /// What it was.
        live: Live,
    },
    /// A draft that was given up.
    Discarded {
        /// Since when.
        at: Timestamp,
    },
}

/// What a version that can be called says about its future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// In good standing.
    Published {
        /// Since when.
        at: Timestamp,
    },
    /// Announced to end.
    Deprecated {
        /// When it was published.
        published: Timestamp,
        /// When the end was announced.
        at: Timestamp,
        /// When it is to end.
        sunset: Timestamp,
    },
}

/// The status without its data, as it is written on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are those of `Status` and `Live`")]
pub enum StatusName {
    Draft,
    Published,
    Deprecated,
    Blocked,
    Retired,
    Discarded,
}

impl StatusName {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Deprecated => "deprecated",
            Self::Blocked => "blocked",
            Self::Retired => "retired",
            Self::Discarded => "discarded",
        }
    }
}

impl fmt::Display for StatusName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Status {
    /// The status without its data.
    #[must_use]
    pub const fn name(&self) -> StatusName {
        match self {
            Self::Draft => StatusName::Draft,
            Self::Live(Live::Published { .. }) => StatusName::Published,
            Self::Live(Live::Deprecated { .. }) => StatusName::Deprecated,
            Self::Blocked { .. } => StatusName::Blocked,
            Self::Retired { .. } => StatusName::Retired,
            Self::Discarded { .. } => StatusName::Discarded,
        }
    }

    /// The announced end, when there is one that has not been reached by retiring.
    #[must_use]
    pub const fn sunset(&self) -> Option<Timestamp> {
        match self {
            Self::Live(live) | Self::Blocked { live, .. } | Self::Retired { live, .. } => {
                live.sunset()
            }
            Self::Draft | Self::Discarded { .. } => None,
        }
    }
}

impl Live {
    /// The announced end, if any.
    #[must_use]
    pub const fn sunset(self) -> Option<Timestamp> {
        match self {
            Self::Published { .. } => None,
            Self::Deprecated { sunset, .. } => Some(sunset),
        }
    }
}
