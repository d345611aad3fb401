//! Slots: what the tree holds of one node. Small, because a document has half a million of them.

use std::ops::Range;

/// One value or key of a document. Slots stand in the order of the text, a container before what it holds, so that a
/// container's content is the slots after it up to `next`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// The first byte in the text.
    pub(crate) start: u32,
    /// The byte after the last one.
    pub(crate) end: u32,
    /// The container; its own number at the root.
    pub(crate) parent: u32,
    /// The slot after this one and everything in it.
    pub(crate) next: u32,
    /// How it is written.
    pub(crate) form: Form,
    /// What it is to its container.
    pub(crate) role: Role,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Null,
    True,
    False,
    Number,
    /// Text that stands in the document as it is.
    Bare,
    /// Text that stands in the document as it is, between quotes.
    Quoted,
    /// Text that the document writes with escapes, folds or indentation; kept beside the slots.
    Rewritten,
    List,
    Object,
}

/// What a node is to its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Value,
    Key,
}

impl Slot {
    pub(crate) fn span(self) -> Range<usize> {
        wide(self.start)..wide(self.end)
    }
}

/// A number of a slot or byte as it is stored. Exact, because no document of 4 GiB is read.
pub(crate) fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A stored number of a slot or byte as Rust counts.
pub(crate) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
