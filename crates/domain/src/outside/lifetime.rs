//! How long the tokens of an outside issuer may live.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The longest life that an issuer's tokens may be given: a day. Whoever loses one is known to nobody here.
pub const LONGEST_LIFE: Duration = Duration::from_secs(86_400);

/// The longest life of an issuer's tokens: a minute to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct IssuerLifetime(u32);

/// A number of seconds that is no life of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 60 to 86400 seconds")]
pub struct NotALifetime;

impl IssuerLifetime {
    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for IssuerLifetime {
    type Error = NotALifetime;

    fn try_from(seconds: u32) -> Result<Self, NotALifetime> {
        let longest = LONGEST_LIFE.as_secs();
        let fits = seconds >= 60 && u64::from(seconds) <= longest;
        if fits {
            Ok(Self(seconds))
        } else {
            Err(NotALifetime)
        }
    }
}

impl std::str::FromStr for IssuerLifetime {
    type Err = NotALifetime;

    fn from_str(text: &str) -> Result<Self, NotALifetime> {
        text.parse::<u32>().map_err(|_| NotALifetime)?.try_into()
    }
}

impl From<IssuerLifetime> for u32 {
    fn from(lifetime: IssuerLifetime) -> u32 {
        lifetime.0
    }
}
