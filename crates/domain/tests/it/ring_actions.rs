//! What can happen to a ring: the same lists are run against the pure rules and against both databases.

/// Something that happens to a ring, its gateways or its servers. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RingAction {
    Stage,
    Publish(u8),
    Discard(u8),
    Tick(u32),
    Activate(u8, Hurry),
    Rotate(Hurry),
    Suspend(u8, Hurry),
    Resume(u8),
    Compromise(u8),
    Retire(u8),
    RetireDue,
    Disable,
    Enable,
    Retime(u8),
    Sign(u8, u32),
    Crash(u8),
    Partition(u8),
    Heal(u8),
    ClockBack(u8),
    /// Another algorithm for an API.
    Choose(u8, Hurry),
}

/// Whether a move is forced, or, of a suspended key, whether it stays listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hurry {
    No,
    Yes,
}

impl RingAction {
    /// The action that these numbers mean. Signing and the passing of time come more often than disasters.
    pub(crate) fn of(kind: u8, which: u8, amount: u32) -> Self {
        let hurry = if amount.is_multiple_of(4) {
            Hurry::Yes
        } else {
            Hurry::No
        };
        match kind % 32 {
            0 => Self::Stage,
            1 => Self::Choose(which, hurry),
            2 | 3 => Self::Publish(which),
            4 => Self::Discard(which),
            // From a second to some five days.
            5..=8 => Self::Tick(amount % 450_000),
            9 => Self::Activate(which, hurry),
            10..=13 => Self::Rotate(hurry),
            14 | 15 => Self::Suspend(which, hurry),
            16 | 17 => Self::Resume(which),
            18 => Self::Compromise(which),
            19 => Self::Retire(which),
            20 => Self::RetireDue,
            21 => Self::Disable,
            22 => Self::Enable,
            23 => Self::Retime(which),
            24..=27 => Self::Sign(which, amount),
            28 => Self::Crash(which),
            29 => Self::Partition(which),
            30 => Self::Heal(which),
            _ => Self::ClockBack(which),
        }
    }

    /// A list that a seed stands for, the same on every machine (a linear congruential generator, MMIX's).
    pub(crate) fn list(seed: u64, length: usize) -> Vec<Self> {
        let mut state = seed;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let byte = |drawn: u64| drawn.to_le_bytes()[0];
        (0..length)
            .map(|_| {
                let (kind, which, amount) = (byte(draw()), byte(draw()), draw());
                Self::of(kind, which, u32::try_from(amount).unwrap_or(u32::MAX))
            })
            .collect()
    }
}
