//! The times a ring keeps (keys-and-tokens section 1.3), and what bounds them.

use std::time::Duration;

use crate::plan::Lifetime;

/// The times a ring keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// R: how long a key signs before the next one does.
    pub rotation_period: Duration,
    /// L: how long a key is published before it may sign. At least the largest verifier cache, plus skew, plus a minute.
    pub publication_lead: Duration,
    /// K: the clock skew that is forgiven, by us and by the window rule. At most 120 s.
    pub leeway: Duration,
    /// T: the longest lifetime of any token the ring may sign; of an installation, of any of its rings.
    pub max_lifetime: Lifetime,
}

impl Timing {
    /// The times used unless the operator says otherwise: R 90 days, L 24 hours, K 30 seconds, T one year.
    pub const DEFAULT: Self = Self {
        rotation_period: Duration::from_secs(90 * 24 * 3600),
        publication_lead: Duration::from_secs(24 * 3600),
        leeway: Duration::from_secs(30),
        max_lifetime: Lifetime::LONGEST,
    };
}

/// The times of one ring that differ from the installation's; nothing where they do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnTimes {
    /// R.
    pub rotation_period: Option<Duration>,
    /// L.
    pub publication_lead: Option<Duration>,
    /// T.
    pub max_lifetime: Option<Lifetime>,
}

/// What others do with the key set, which bounds how short a lead can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// J: how long we let others keep the key set.
    pub jwks_max_age: Duration,
    /// V: how long the most patient verifier keeps it whatever we say.
    pub verifier_cache: Duration,
}

/// Times that would break the promise that no verifier meets a key it has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimingError {
    /// The lead is shorter than a verifier may keep an old set.
    #[error(
        "the publication lead is at least {} seconds: max(J, V) + K, as long as a verifier may hold an older key set",
        .0.as_secs()
    )]
    LeadTooShort(Duration),
    /// A key would be asked to sign before it is ready.
    #[error(
        "the rotation period is at least {} seconds: the publication lead and an hour",
        .0.as_secs()
    )]
    PeriodTooShort(Duration),
}

impl Timing {
    /// Checks the times against what others do with the key set.
    ///
    /// # Errors
    /// `LeadTooShort`, `PeriodTooShort`.
    pub fn check(&self, bounds: Bounds) -> Result<(), TimingError> {
        let held = bounds.jwks_max_age.max(bounds.verifier_cache);
        let least = held.saturating_add(self.leeway);
        if self.publication_lead < least {
            return Err(TimingError::LeadTooShort(least));
        }
        let hour = Duration::from_secs(3600);
        let least = self.publication_lead.saturating_add(hour);
        if self.rotation_period < least {
            return Err(TimingError::PeriodTooShort(least));
        }
        Ok(())
    }
}
