//! When the gateway last knew that what it enforces is the newest there is.
//!
//! Invariant: only an answer of the control plane makes the gateway younger; a restart never does, nor any move of a clock.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use gatewright_domain::time::{Clock, Timestamp};

/// The age of what is in force, measured on the clock that never jumps.
pub(crate) struct Currency {
    clock: Arc<dyn Clock>,
    /// When it was known last, in milliseconds of the steady clock; below zero for what was known before that began.
    known: AtomicI64,
}

/// A moment at which something became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// On the clock that never jumps.
    steady: Duration,
    /// On the clock that outlives a restart.
    pub(crate) wall: Timestamp,
}

impl Currency {
    /// Nothing was ever known.
    pub(crate) fn none(clock: Arc<dyn Clock>) -> Self {
        let known = AtomicI64::new(i64::MIN);
        let currency = Self { clock, known };
        currency.recall([Timestamp::from_millis(0)]);
        currency
    }

    /// This moment.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            steady: self.clock.steady(),
            wall: self.clock.now(),
        }
    }

    /// It was known at this moment.
    pub(crate) fn confirm(&self, moment: Moment) {
        self.known.fetch_max(millis(moment.steady), Relaxed);
    }

    /// It was known at the latest of these moments that is over. One that is still to come was written by a clock that went
    /// wrong, and says nothing.
    pub(crate) fn recall(&self, moments: impl IntoIterator<Item = Timestamp>) {
        let now = self.moment();
        let past = moments.into_iter().filter(|moment| *moment <= now.wall);
        if let Some(latest) = past.max() {
            let age = millis(now.wall.since(latest));
            self.known.fetch_max(millis(now.steady) - age, Relaxed);
        }
    }

    /// How long ago it was known.
    pub(crate) fn age(&self) -> Duration {
        let known = self.known.load(Relaxed);
        let age = millis(self.clock.steady()).saturating_sub(known);
        Duration::from_millis(u64::try_from(age).unwrap_or(0))
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use gatewright_testkit::clock::FixedClock;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn currency() -> (Arc<FixedClock>, Currency) {
        let clock = Arc::new(FixedClock::default());
        let shared: Arc<dyn Clock> = Arc::<FixedClock>::clone(&clock);
        let currency = Currency::none(shared);
        (clock, currency)
    }

    #[test]
    fn whoever_was_told_nothing_is_as_old_as_time() {
        let (_, currency) = currency();
        assert_eq!(
            currency.age(),
            FixedClock::START.since(Timestamp::from_millis(0))
        );
    }

    #[test]
    fn age_begins_with_an_answer_and_no_older_one_takes_that_back() {
        let (clock, currency) = currency();
        let before = currency.moment();
        clock.advance(MINUTE);
        currency.confirm(currency.moment());
        currency.confirm(before);
        currency.recall([FixedClock::START]);
        assert_eq!(currency.age(), Duration::ZERO);
        clock.advance(MINUTE);
        assert_eq!(currency.age(), MINUTE);
    }

    #[test]
    fn a_clock_that_jumps_makes_nobody_older_or_younger() {
        let (clock, currency) = currency();
        currency.confirm(currency.moment());
        clock.advance(MINUTE);
        for jump in [
            FixedClock::START.plus(60 * MINUTE),
            Timestamp::from_millis(0),
        ] {
            clock.set(jump);
            assert_eq!(currency.age(), MINUTE);
        }
    }

    #[test]
    fn of_what_is_recalled_the_latest_counts_that_is_not_in_the_future() {
        let (_, currency) = currency();
        let ago = |minutes| FixedClock::START.minus(minutes * MINUTE);
        currency.recall([ago(9), ago(3), FixedClock::START.plus(MINUTE)]);
        assert_eq!(currency.age(), 3 * MINUTE);
    }
}
