//! Proofs that were counted: each is taken once at this gateway, until it is too old to be taken at all.
//!
//! Invariant: a proof that was counted is refused for as long as its own time would let it pass. The room is fixed and
//! nothing is ever pushed out of it, so nobody can make the gateway forget; when it is full, proofs are refused.

use std::sync::atomic::{AtomicU64, Ordering};

use gatewright_domain::time::Timestamp;
use gatewright_token::proof::Proof;

/// How many proofs are remembered at once: 8 MiB, and room for about ten thousand requests a second, each of which is
/// remembered for the minute its time is taken and the minute that a clock may be ahead.
const PLACES: usize = 1 << 20;

/// How many places a proof may have. With half of all places taken, all of these are with a chance of 1 in 4 billion.
const TRIES: u64 = 32;

/// The bits of an entry that say until when it counts, in seconds modulo 65536; the others tell proofs apart. Two proofs
/// of the same second and place are taken for one with a chance of 1 in 2^48.
const SECOND_BITS: u32 = 16;

/// The proofs, each one number in one of its places. A number whose second has passed is a free place, so time itself
/// clears the room.
pub(crate) struct Replays(Box<[AtomicU64]>);

/// What became of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// It is the first of its name.
    Once,
    /// It was counted before.
    Again,
    /// There is no place for it.
    NoRoom,
}

impl Replays {
    pub(crate) fn new() -> Self {
        Self::with(PLACES)
    }

    fn with(places: usize) -> Self {
        Self((0..places).map(|_| AtomicU64::new(0)).collect())
    }

    /// Counts a proof that holds now.
    pub(crate) fn count(&self, proof: &Proof, now: Timestamp) -> Counted {
        self.count_name(proof.replay_name(), proof.remember_until(), now)
    }

    fn count_name(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Counted {
        let (entry, places) = (entry(&name, until), Places::of(&name, self.0.len()));
        loop {
            let mut free = None;
            for place in places.clone().filter_map(|place| self.0.get(place)) {
                let found = place.load(Ordering::SeqCst);
                if found == entry {
                    return Counted::Again;
                }
                if free.is_none() && is_over(found, now) {
                    free = Some((place, found));
                }
            }
            let Some((place, found)) = free else {
                return Counted::NoRoom;
            };
            let order = Ordering::SeqCst;
            if place.compare_exchange(found, entry, order, order).is_err() {
                continue;
            }
            // Another thread may have put the same proof into a place that only it found free. At least one of the two
            // sees both now; that both are refused then is better than that both pass.
            let same = places.filter_map(|place| self.0.get(place));
            let same = same.filter(|place| place.load(Ordering::SeqCst) == entry);
            return if same.count() == 1 {
                Counted::Once
            } else {
                Counted::Again
            };
        }
    }
}

/// The places of a name, by double hashing.
#[derive(Clone)]
struct Places {
    next: u64,
    step: u64,
    left: u64,
    of: u64,
}

impl Places {
    fn of(name: &[u8; 32], places: usize) -> Self {
        let [_, next, step, _] = words(name);
        Self {
            next,
            // Odd, and so without a divisor in common with a power of two: no place comes twice.
            step: step | 1,
            left: TRIES,
            of: u64::try_from(places).unwrap_or(1).max(1),
        }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.next % self.of;
        self.next = self.next.wrapping_add(self.step);
        usize::try_from(place).ok()
    }
}

fn entry(name: &[u8; 32], until: Timestamp) -> u64 {
    let [word, ..] = words(name);
    // Rounded up, and one more, so that it counts for all of its last second.
    let second = u64::try_from(until.seconds() + 1).unwrap_or(0);
    (word << SECOND_BITS) | (second & mask())
}

/// How far ahead the second of an entry may lie: two minutes, and an hour by which a clock may be set back without
/// anything being forgotten. What lies farther ahead on the circle lies behind.
const AHEAD: u64 = 4096;

/// Whether the second of an entry has passed.
fn is_over(entry: u64, now: Timestamp) -> bool {
    let now = u64::try_from(now.seconds()).unwrap_or(0);
    let ahead = (entry & mask()).wrapping_sub(now) & mask();
    entry == 0 || ahead == 0 || ahead > AHEAD
}

const fn mask() -> u64 {
    (1 << SECOND_BITS) - 1
}

fn words(name: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(name.chunks_exact(8)) {
        *word = bytes
            .iter()
            .fold(0, |word, byte| (word << 8) | u64::from(*byte));
    }
    words
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, time::Duration};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn name(number: u64) -> [u8; 32] {
        let mut name = [0; 32];
        for (index, bytes) in name.chunks_exact_mut(8).enumerate() {
            let word = (number + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(11 * u32::try_from(index).unwrap());
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        name
    }

    fn count(replays: &Replays, number: u64, seconds: i64) -> Counted {
        let now = Timestamp::from_seconds(NOW.seconds() + seconds);
        replays.count_name(name(number), NOW.plus(Duration::from_secs(60)), now)
    }

    #[test]
    fn a_proof_counts_once_as_long_as_its_time_lets_it_pass() {
        let replays = Replays::with(1 << 10);
        assert_eq!(count(&replays, 1, -60), Counted::Once);
        for second in [-60, 0, 59, 60] {
            assert_eq!(count(&replays, 1, second), Counted::Again, "{second}");
        }
        assert_eq!(count(&replays, 2, 0), Counted::Once);
    }

    #[test]
    fn a_full_room_forgets_nothing_and_is_free_again_in_time() {
        let replays = Replays::with(64);
        let counted: Vec<u64> = (0..200)
            .filter(|number| count(&replays, *number, 0) == Counted::Once)
            .collect();
        assert!((33..=64).contains(&counted.len()), "{}", counted.len());
        for number in counted {
            assert_eq!(count(&replays, number, 60), Counted::Again);
        }
        assert_eq!(count(&replays, 900, 61), Counted::Once);
    }

    #[test]
    fn the_circle_of_seconds_closes() {
        let replays = Replays::with(64);
        let last = Timestamp::from_seconds((1 << SECOND_BITS) * 27_466 - 30);
        let until = last.plus(Duration::from_secs(60));
        let at = |later| replays.count_name(name(1), until, last.plus(Duration::from_secs(later)));
        assert_eq!(at(0), Counted::Once);
        assert_eq!(at(29), Counted::Again);
        assert_eq!(at(31), Counted::Again);
        assert_eq!(at(60), Counted::Again);
    }

    #[test]
    fn a_place_is_free_when_its_second_has_passed_and_not_before() {
        for second in [1_800_000_000, (1 << SECOND_BITS) * 27_466 - 30] {
            let at = |later: i64| Timestamp::from_seconds(second + later);
            let entry = entry(&name(7), at(60));
            for later in [-3600, -60, 0, 59, 60] {
                assert!(!is_over(entry, at(later)), "{later}");
            }
            for later in [61, 62, 3600, 40_000, 61_000] {
                assert!(is_over(entry, at(later)), "{later}");
            }
        }
        assert!(is_over(0, NOW));
    }

    #[test]
    fn of_many_threads_with_one_proof_one_is_first() {
        for number in 0..200 {
            let (replays, barrier) = (Replays::with(1 << 10), Barrier::new(4));
            let once = std::thread::scope(|scope| {
                let threads = [(); 4].map(|()| {
                    scope.spawn(|| {
                        barrier.wait();
                        count(&replays, number, 0) == Counted::Once
                    })
                });
                threads.map(|thread| thread.join().unwrap())
            });
            assert_eq!(once.iter().filter(|once| **once).count(), 1);
        }
    }
}
