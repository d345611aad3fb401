//! Limits as pure arithmetic: the generic cell rate algorithm and daily quotas over numbers the caller keeps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// A rate: so many requests per so many seconds, and how many of them may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RateParts", into = "RateParts")]
pub struct Rate(RateParts);

/// A rate as written down; bounds are checked when it becomes a `Rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RateParts {
    /// Requests per period, 1 to 1,000,000.
    pub requests: u32,
    /// The period in seconds, 1 to 86,400.
    pub per_seconds: u32,
    /// How many requests may come at once, 1 to 1,000,000.
    pub burst: u32,
}

/// Why a rate is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Requests outside the bounds.
    #[error("requests must be from 1 to 1000000")]
    Requests,
    /// Period outside the bounds.
    #[error("per_seconds must be from 1 to 86400")]
    PerSeconds,
    /// Burst outside the bounds.
    #[error("burst must be from 1 to 1000000")]
    Burst,
}

impl TryFrom<RateParts> for Rate {
    type Error = RateError;

    fn try_from(parts: RateParts) -> Result<Self, RateError> {
        if !(1..=1_000_000).contains(&parts.requests) {
            return Err(RateError::Requests);
        }
        if !(1..=86_400).contains(&parts.per_seconds) {
            return Err(RateError::PerSeconds);
        }
        if !(1..=1_000_000).contains(&parts.burst) {
            return Err(RateError::Burst);
        }
        Ok(Self(parts))
    }
}

impl From<Rate> for RateParts {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

/// The state of one rate limiter: the theoretical arrival time of the algorithm, in microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrival(pub u64);

/// A request over the rate: when the next one will be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    /// How long to wait.
    pub retry_after: Duration,
}

impl Rate {
    /// The rate as written down.
    #[must_use]
    pub const fn parts(self) -> RateParts {
        self.0
    }

    /// Lets one request through, giving the limiter's next state, or says when to come again
    /// (ATM Forum TM 4.1, the virtual scheduling form of GCRA). Time is in milliseconds, the state in microseconds.
    ///
    /// # Errors
    /// `TooFast` when the burst is used up.
    pub fn admit(self, state: Arrival, now: Timestamp) -> Result<Arrival, TooFast> {
        let now = u64::try_from(now.millis())
            .unwrap_or(0)
            .saturating_mul(1000);
        let start = state.0.max(now);
        let next = start.saturating_add(self.interval());
        let horizon = now.saturating_add(self.interval().saturating_mul(u64::from(self.0.burst)));
        if next > horizon {
            return Err(TooFast {
                retry_after: Duration::from_micros(next - horizon),
            });
        }
        Ok(Arrival(next))
    }

    /// How many more requests may come at once.
    #[must_use]
    pub fn remaining(self, state: Arrival, now: Timestamp) -> u64 {
        let now = u64::try_from(now.millis())
            .unwrap_or(0)
            .saturating_mul(1000);
        let used = state.0.saturating_sub(now);
        let capacity = self.interval().saturating_mul(u64::from(self.0.burst));
        capacity
            .saturating_sub(used)
            .checked_div(self.interval())
            .unwrap_or(0)
    }

    /// Microseconds between two requests at the steady rate.
    fn interval(self) -> u64 {
        let period = u64::from(self.0.per_seconds) * 1_000_000;
        period
            .checked_div(u64::from(self.0.requests))
            .unwrap_or(period)
            .max(1)
    }
}

/// How long until the next UTC day begins, when daily quotas start anew.
#[must_use]
pub fn until_tomorrow(now: Timestamp) -> Duration {
    now.day().plus(Duration::from_secs(86_400)).since(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(requests: u32, per_seconds: u32, burst: u32) -> Rate {
        RateParts {
            requests,
            per_seconds,
            burst,
        }
        .try_into()
        .expect("a rate within bounds")
    }

    #[test]
    fn a_burst_is_let_through_and_the_next_request_is_told_when() {
        let (rate, now) = (rate(1, 1, 3), Timestamp::from_seconds(1_800_000_000));
        let state = (0..3)
            .try_fold(Arrival::default(), |state, _| rate.admit(state, now))
            .expect("the burst");
        assert_eq!(rate.remaining(state, now), 0);
        let refusal = rate.admit(state, now).expect_err("a fourth at once");
        assert_eq!(refusal.retry_after, Duration::from_secs(1));
        assert!(rate.admit(state, now.plus(refusal.retry_after)).is_ok());
    }

    #[test]
    fn an_idle_limiter_saves_up_no_more_than_the_burst() {
        let (rate, now) = (rate(10, 1, 5), Timestamp::from_seconds(1_800_000_000));
        let idle = Arrival(1);
        assert_eq!(rate.remaining(idle, now), 5);
    }

    proptest::proptest! {
        #[test]
        fn no_window_lets_more_through_than_burst_and_rate(
            gaps in proptest::collection::vec(0_u64..300, 1..400),
        ) {
            let rate = rate(20, 1, 7);
            let start = Timestamp::from_seconds(1_800_000_000);
            let (mut now, mut state, mut admitted) = (start, Arrival::default(), 0_u64);
            for gap in gaps {
                now = now.plus(Duration::from_millis(gap));
                if let Ok(next) = rate.admit(state, now) {
                    state = next;
                    admitted += 1;
                }
            }
            let allowed = 7 + u64::try_from(now.since(start).as_millis()).unwrap_or(0) * 20 / 1000;
            proptest::prop_assert!(admitted <= allowed + 1);
        }
    }
}
