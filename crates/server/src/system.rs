//! The machine's clock and dice: the only place where they are asked.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatewright_domain::{
    entropy::Entropy,
    time::{Clock, Timestamp},
};

/// The clock that never jumps. It counts while the machine sleeps, where the system has one that does: who slept heard nothing.
#[cfg(target_os = "linux")]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock line of the server"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Duration {
        let since = rustix::time::clock_gettime(STEADY);
        Duration::try_from(since).unwrap_or_default()
    }
}

/// The machine's dice, through the crypto library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without random bytes no secret is safe: there is no way to go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
    }
}

/// Keeps private keys out of core dumps and away from other processes of the same user, as far as the system lets it.
pub(crate) fn close_the_curtains() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Best effort: a system that refuses is no worse than before.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Takes memory in small pages from here on. Huge ones make a server that stays a little cheaper (2 % of the CPU of a request),
/// and double what a command takes that reads a document and ends.
pub(crate) fn take_small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
