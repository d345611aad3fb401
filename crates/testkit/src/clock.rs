//! A clock that stands still until a test moves it.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use gatewright_domain::time::{Clock, Timestamp};

/// A clock whose hands only a test moves. Share it in an `Arc`: every holder sees the same time.
#[derive(Debug)]
pub struct FixedClock {
    now: AtomicI64,
    /// The time that went by, in milliseconds.
    steady: AtomicU64,
}

impl FixedClock {
    /// Where the clock of a new test stands: 2027-01-15T08:00:00Z, the `now` of the hostile-token corpus.
    pub const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    /// A clock that stands at `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now: AtomicI64::new(now.millis()),
            steady: AtomicU64::new(0),
        }
    }

    /// Moves the hands to `now`, backwards too. No time goes by.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.millis(), Ordering::SeqCst);
    }

    /// Lets time go by and returns the new time.
    pub fn advance(&self, span: Duration) -> Timestamp {
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.steady.fetch_add(millis, Ordering::SeqCst);
        let now = self.now().plus(span);
        self.set(now);
        now
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::at(Self::START)
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.steady.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_stands_still_until_it_is_moved() {
        let clock = FixedClock::default();
        assert_eq!(clock.now(), clock.now());
        assert_eq!(clock.now().to_string(), "2027-01-15T08:00:00.000Z");
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().to_string(), "2027-01-15T08:01:30.000Z");
    }

    #[test]
    fn a_jump_takes_no_time() {
        let clock = FixedClock::default();
        clock.set(Timestamp::from_millis(0));
        assert_eq!(clock.steady(), Duration::ZERO);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.steady(), Duration::from_secs(90));
    }
}
