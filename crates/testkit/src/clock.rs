//! A clock that stands still until a test moves it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use gatewright_domain::time::{Clock, Timestamp};

/// A clock whose hands only a test moves. Share it in an `Arc`: every holder sees the same time.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Where the clock of a new test stands: 2027-01-15T08:00:00Z, the `now` of the hostile-token corpus.
    pub const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    /// A clock that stands at `now`.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Moves the hands to `now`, backwards too.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    /// Moves the hands forward and returns the new time.
    pub fn advance(&self, span: Duration) -> Timestamp {
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
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
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
}
