//! A status: an icon and a word in a tone. The tone alone never says anything.

use std::{borrow::Cow, fmt};

use askama::Template;

use super::icon::Icon;

/// How a status feels; shown as a colour beside its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Worth knowing.
    Notice,
    /// Will need somebody.
    Warning,
    /// Wrong, or stopped.
    Bad,
    /// Neither good nor bad, or over.
    Quiet,
}

impl Tone {
    /// The icon of a remark in this tone.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Good => Icon::Check,
            Self::Notice | Self::Quiet => Icon::Notice,
            Self::Warning => Icon::Warning,
            Self::Bad => Icon::Cross,
        }
    }
}

/// Shown as the name of its class.
impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Good => "tone-good",
            Self::Notice => "tone-notice",
            Self::Warning => "tone-warning",
            Self::Bad => "tone-bad",
            Self::Quiet => "tone-quiet",
        })
    }
}

/// A status in a table, beside a heading or in a list of facts.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/badge.html")]
pub struct Badge {
    /// Its tone.
    pub tone: Tone,
    /// Its icon.
    pub icon: Icon,
    /// Its word.
    pub word: Cow<'static, str>,
}

impl Badge {
    /// A status of this tone, icon and word.
    pub fn new(tone: Tone, icon: Icon, word: impl Into<Cow<'static, str>>) -> Self {
        Self {
            tone,
            icon,
            word: word.into(),
        }
    }

    /// A version or plan that nobody can use yet.
    #[must_use]
    pub fn draft() -> Self {
        Self::new(Tone::Quiet, Icon::Draft, "Draft")
    }

    /// A version open to callers.
    #[must_use]
    pub fn published() -> Self {
        Self::new(Tone::Good, Icon::Published, "Published")
    }

    /// A version with a sunset.
    #[must_use]
    pub fn deprecated() -> Self {
        Self::new(Tone::Warning, Icon::Deprecated, "Deprecated")
    }

    /// A version or key that is over.
    #[must_use]
    pub fn retired() -> Self {
        Self::new(Tone::Quiet, Icon::Retired, "Retired")
    }

    /// A version that an operator stopped.
    #[must_use]
    pub fn blocked() -> Self {
        Self::new(Tone::Bad, Icon::Blocked, "Blocked")
    }

    /// Anything in use: a token, a subscription, a signing key.
    #[must_use]
    pub fn active() -> Self {
        Self::new(Tone::Good, Icon::Active, "Active")
    }

    /// A key that is published and will sign next.
    #[must_use]
    pub fn next() -> Self {
        Self::new(Tone::Notice, Icon::Pending, "Next")
    }

    /// A key that signs no more and waits for its last token to die.
    #[must_use]
    pub fn draining() -> Self {
        Self::new(Tone::Warning, Icon::Draining, "Draining")
    }

    /// A key that somebody else may hold.
    #[must_use]
    pub fn compromised() -> Self {
        Self::new(Tone::Bad, Icon::Warning, "Compromised")
    }

    /// A key that nobody knows yet.
    #[must_use]
    pub fn staged() -> Self {
        Self::new(Tone::Quiet, Icon::Pending, "Staged")
    }

    /// A key that is set aside.
    #[must_use]
    pub fn suspended() -> Self {
        Self::new(Tone::Warning, Icon::Warning, "Suspended")
    }

    /// A token that was taken back.
    #[must_use]
    pub fn revoked() -> Self {
        Self::new(Tone::Bad, Icon::Blocked, "Revoked")
    }

    /// A token whose time is over.
    #[must_use]
    pub fn expired() -> Self {
        Self::new(Tone::Quiet, Icon::Pending, "Expired")
    }
}
