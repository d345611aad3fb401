//! An index over the large containers of a document, so that looking into them does not cost their size.
//!
//! Invariant: entries of one container are sorted by hash, then text, so that neither many keys nor keys chosen to
//! collide make a look-up linear.

use std::{collections::BTreeMap, ops::Range};

use crate::tree::slot::{narrow, wide};

/// Containers with at most this many entries are searched by walking.
pub(crate) const WALKED: usize = 16;

#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    containers: BTreeMap<u32, (u32, u32)>,
    entries: Vec<Entry>,
}

/// An item of a list, or the key of a member.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) hash: u32,
    pub(crate) at: u32,
}

impl Index {
    /// Takes in a container's entries.
    pub(crate) fn add(&mut self, container: u32, entries: &[Entry]) {
        let from = narrow(self.entries.len());
        self.entries.extend_from_slice(entries);
        let to = narrow(self.entries.len());
        self.containers.insert(container, (from, to));
    }

    /// Takes in the copies of containers, without another look at their keys: those may be long, and the copies many.
    pub(crate) fn repeat(&mut self, originals: Range<u32>, shift: u32) {
        let originals: Vec<(u32, (u32, u32))> = self
            .containers
            .range(originals)
            .map(|(container, entries)| (*container, *entries))
            .collect();
        for (container, (from, to)) in originals {
            let start = narrow(self.entries.len());
            for entry in wide(from)..wide(to) {
                let Some(Entry { hash, at }) = self.entries.get(entry).copied() else {
                    continue;
                };
                let at = at + shift;
                self.entries.push(Entry { hash, at });
            }
            let end = narrow(self.entries.len());
            self.containers.insert(container + shift, (start, end));
        }
    }

    /// The entries of a container, unless it is small.
    pub(crate) fn entries(&self, container: u32) -> Option<&[Entry]> {
        let (from, to) = self.containers.get(&container)?;
        let range: Range<usize> = wide(*from)..wide(*to);
        self.entries.get(range)
    }
}

/// FNV-1a. Not keyed: collisions cost a comparison of texts and nothing more.
pub(crate) fn hash(text: &str) -> u32 {
    let mix = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    text.as_bytes().iter().fold(0x811c_9dc5, mix)
}
