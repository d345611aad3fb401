//! What a verification found.

use crate::tree::Hash;

/// The answer of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many events agree with each other, counted from the first.
    pub size: u64,
    /// The root of the tree of those events.
    pub root: Hash,
    /// The first number that is not as it was written; nothing when the whole log is sound.
    pub first_bad: Option<FirstBad>,
    /// Events that are older than the one before them. Clocks are set back, so this is a warning and no failure.
    pub backwards: Option<Backwards>,
}

impl Verdict {
    /// Whether the whole log is as it was written.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.first_bad.is_none()
    }
}

/// Where a log stops being sound, and how that shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event {seq}: {what}")]
pub struct FirstBad {
    /// The number, as the row has it. For a head that contradicts itself, the number that the next event would get.
    pub seq: i64,
    /// What is wrong there.
    pub what: What,
}

/// Time that ran backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backwards {
    /// The first event that is older than the one before it.
    pub first: u64,
    /// How many there are.
    pub count: u64,
}

/// What can be wrong with a log. Each shows as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// The event's bytes do not have its leaf hash, and the tree does not know them.
    #[error("the event was edited: its bytes do not have the hash that was taken of them")]
    EditedEvent,
    /// The event is the one that the tree knows, but the leaf hash beside it is another.
    #[error("the leaf hash was edited: the event itself is the one that its root vouches for")]
    EditedLeafHash,
    /// The root does not follow from the events up to here.
    #[error("the root does not follow: this event, its root or what stands before it was replaced")]
    RootDoesNotFollow,
    /// There is no event of this number, although there are later ones.
    #[error("the event is missing: the numbers after it go on")]
    Missing,
    /// The number is held by an event that was not written there.
    #[error(
        "the event was inserted: the number was given to another, or is no number that is given"
    )]
    Inserted,
    /// The event says that it is another number.
    #[error(
        "the event was moved here, or others were inserted or removed: it says it is number {says}"
    )]
    Misplaced {
        /// The number that the event itself carries.
        says: u64,
    },
    /// The bytes are those that were hashed, but they are not an event.
    #[error("the event cannot be read: {why}")]
    Unreadable {
        /// Why not.
        why: String,
    },
    /// A column that repeats a value of the event repeats another one.
    #[error("the column `{0}` was edited: the event says otherwise")]
    ColumnDiffers(Column),
    /// The epoch, which only ever rises, is lower than that of the event before.
    #[error("the epoch is lower than that of the event before, and it only ever rises")]
    EpochRunsBackwards,
    /// The head counts more events than there are.
    #[error("the log was truncated: the head counts events from here on, and they are gone")]
    Truncated,
    /// There are more events than the head counts.
    #[error(
        "the head was rolled back, or the event was added without it: it does not count this event"
    )]
    NotInHead,
    /// The head vouches for other events than there are.
    #[error(
        "history was rewritten, or log and head are of two logs: from here on the head vouches for other events"
    )]
    OtherHistory,
    /// The parts of the head contradict each other, or its epoch the events.
    #[error("the head was edited: its size, frontier, root and epoch do not belong together")]
    EditedHead,
}

/// The columns that repeat values of the event, for indexes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the columns")]
pub enum Column {
    At,
    Action,
    ActorKind,
    ActorId,
    TargetKind,
    TargetId,
    Outcome,
    RequestId,
}

impl Column {
    /// Its name in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::At => "at",
            Self::Action => "action",
            Self::ActorKind => "actor_kind",
            Self::ActorId => "actor_id",
            Self::TargetKind => "target_kind",
            Self::TargetId => "target_id",
            Self::Outcome => "outcome",
            Self::RequestId => "request_id",
        }
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
