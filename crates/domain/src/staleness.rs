//! The staleness contract of a version: how long a gateway that hears nothing goes on, and what it refuses then.
//!
//! Invariant: a gateway refuses because of its age only what it would have let through.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{operation::Method, refusal::Refusal};

/// What becomes of calls once the gateway has not known for too long that what it enforces is the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Staleness {
    /// Beyond how many seconds: 5 to 2592000 (30 days).
    #[serde(rename = "after_s")]
    #[cfg_attr(feature = "openapi", schema(value_type = u32, minimum = 5, maximum = 2_592_000))]
    pub after: Patience,
    /// What becomes of calls by safe methods (RFC 9110 section 9.2.1).
    pub reads: WhenStale,
    /// What becomes of all other calls.
    pub writes: WhenStale,
}

/// What becomes of a call at a gateway that is out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WhenStale {
    /// It is judged by what the gateway knows.
    Serve,
    /// It is refused.
    Refuse,
}

/// A text that is not what becomes of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected serve or refuse")]
pub struct NotAnOutcome;

/// How long a gateway may go on without knowing that it is up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Patience(u32);

/// A time that no contract can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{seconds} seconds cannot be promised: a gateway is to go on for {least} s to {most} s (30 days) without its control plane",
    least = Patience::SHORTEST.0,
    most = Patience::LONGEST.0
)]
pub struct NotAPatience {
    /// So long.
    pub seconds: u64,
}

impl Staleness {
    /// The contract of a version for which nobody chose another.
    pub const DEFAULT: Self = Self {
        after: Patience::DEFAULT,
        reads: WhenStale::Serve,
        writes: WhenStale::Refuse,
    };

    /// What becomes of calls by this method once the time is over.
    #[must_use]
    pub const fn outcome(&self, method: Method) -> WhenStale {
        if method.is_safe() {
            self.reads
        } else {
            self.writes
        }
    }

    /// Whether the time is over.
    #[must_use]
    pub fn is_over(&self, age: Duration) -> bool {
        age > self.after.span()
    }

    /// Judges a call by this method at a gateway that knew so long ago, for the last time, that it is up to date.
    ///
    /// # Errors
    /// `Stale` when the time is over and such calls are refused then.
    pub fn judge(&self, method: Method, age: Duration) -> Result<(), Refusal> {
        if self.outcome(method) == WhenStale::Refuse && self.is_over(age) {
            return Err(Refusal::Stale {
                age_s: age.as_secs(),
                after_s: self.after.seconds(),
            });
        }
        Ok(())
    }
}

impl Default for Staleness {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (reads, writes) = (self.reads.as_str(), self.writes.as_str());
        write!(
            f,
            "after {} s: reads {reads}, writes {writes}",
            self.after.seconds()
        )
    }
}

impl Patience {
    /// Under this, a lost message would be an outage.
    pub const SHORTEST: Self = Self(5);

    /// 30 days: whoever hears nothing for longer runs on a copy, not on a configuration.
    pub const LONGEST: Self = Self(30 * 86_400);

    /// Two hours. An absence of one hour fails no request; and after two, every access token of at most an hour that was
    /// issued before the absence has ended. What is left are long-lived tokens and API keys, the very ones that a
    /// revocation would concern which did not arrive.
    pub const DEFAULT: Self = Self(7_200);

    /// In seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// As a span of time.
    #[must_use]
    pub fn span(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl TryFrom<u64> for Patience {
    type Error = NotAPatience;

    fn try_from(seconds: u64) -> Result<Self, NotAPatience> {
        let short = u32::try_from(seconds).map_err(|_| NotAPatience { seconds })?;
        let patience = Self(short);
        if (Self::SHORTEST..=Self::LONGEST).contains(&patience) {
            Ok(patience)
        } else {
            Err(NotAPatience { seconds })
        }
    }
}

impl From<Patience> for u64 {
    fn from(patience: Patience) -> Self {
        Self::from(patience.0)
    }
}

impl WhenStale {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Refuse => "refuse",
        }
    }
}

impl std::str::FromStr for WhenStale {
    type Err = NotAnOutcome;

    fn from_str(text: &str) -> Result<Self, NotAnOutcome> {
        match text {
            "serve" => Ok(Self::Serve),
            "refuse" => Ok(Self::Refuse),
            _ => Err(NotAnOutcome),
        }
    }
}
