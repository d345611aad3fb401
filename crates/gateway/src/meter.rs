//! What a gateway counts about itself, thread by thread, so that no two threads write to the same line of memory.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// One thread's counters.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Meter {
    answers: [AtomicU64; 6],
    signature_checks: AtomicU64,
    remembered: AtomicU64,
    dropped: AtomicU64,
    unexplained: AtomicU64,
    stale: AtomicU64,
    connections: AtomicU64,
    retries: AtomicU64,
}

/// Counts since the gateway started, of all its threads together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers by the first digit of their status; at 0, those that were given up.
    pub answers: [u64; 6],
    /// How often a token's signature was checked.
    pub signature_checks: u64,
    /// How often a token was known already.
    pub remembered: u64,
    /// Access records that were lost.
    pub dropped: u64,
    /// Refusals that were counted, but not kept with their steps.
    pub unexplained: u64,
    /// Requests refused because the gateway was out of date.
    pub stale: u64,
    /// Connections open now.
    pub connections: u64,
    /// Requests sent to an upstream a second time.
    pub retries: u64,
}

impl Meter {
    /// An answer was sent; status 0 stands for one that the client did not wait for.
    pub(crate) fn answered(&self, status: u16) {
        let class = usize::from(status / 100);
        if let Some(counter) = self.answers.get(class).or(self.answers.first()) {
            counter.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn signature_checked(&self) {
        self.signature_checks.fetch_add(1, Relaxed);
    }

    pub(crate) fn remembered(&self) {
        self.remembered.fetch_add(1, Relaxed);
    }

    pub(crate) fn dropped(&self) {
        self.dropped.fetch_add(1, Relaxed);
    }

    pub(crate) fn unexplained(&self) {
        self.unexplained.fetch_add(1, Relaxed);
    }

    pub(crate) fn stale(&self) {
        self.stale.fetch_add(1, Relaxed);
    }

    pub(crate) fn connected(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(crate) fn disconnected(&self) {
        self.connections.fetch_sub(1, Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    /// The sum over all threads.
    pub(crate) fn sum<'a>(meters: impl IntoIterator<Item = &'a Self>) -> Counts {
        let mut sum = Counts::default();
        for meter in meters {
            for (total, counter) in sum.answers.iter_mut().zip(&meter.answers) {
                *total += counter.load(Relaxed);
            }
            sum.signature_checks += meter.signature_checks.load(Relaxed);
            sum.remembered += meter.remembered.load(Relaxed);
            sum.dropped += meter.dropped.load(Relaxed);
            sum.unexplained += meter.unexplained.load(Relaxed);
            sum.stale += meter.stale.load(Relaxed);
            sum.connections += meter.connections.load(Relaxed);
            sum.retries += meter.retries.load(Relaxed);
        }
        sum
    }
}
