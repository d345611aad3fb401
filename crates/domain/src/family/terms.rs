//! How long families live, and for how long a lost answer is given again.

use std::time::Duration;

/// The times of families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyTerms {
    /// How long a family lives without being used.
    pub idle: Duration,
    /// How long it lives in all.
    pub absolute: Duration,
    /// How long a used token may be presented again, for whoever lost the answer: with it comes the same successor.
    pub grace: Duration,
    /// How often.
    pub repeats: u32,
}

impl FamilyTerms {
    /// The times used unless the operator says otherwise. A grace of half a minute covers every retry that clients make
    /// by themselves; a thief who replays a token within it is caught at the next use of either.
    pub const DEFAULT: Self = Self {
        idle: Duration::from_secs(30 * 86_400),
        absolute: Duration::from_secs(180 * 86_400),
        grace: Duration::from_secs(30),
        repeats: 5,
    };

    /// The most grace there is: more would let a thief live on stolen answers.
    pub const MAX_GRACE: Duration = Duration::from_secs(60);
}
