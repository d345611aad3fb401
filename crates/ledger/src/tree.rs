//! The Merkle tree of RFC 6962, grown one leaf at a time.
//!
//! Invariant: a frontier holds the roots of the complete subtrees of its leaves, the largest first: one for each bit
//! that is set in its size. That is all it takes to append, and to know the root.

use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 hash: of a leaf, of a node, or of a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// Bytes that are not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash: expected 32 bytes")]
pub struct NotAHash;

/// The hash of an event's bytes as a leaf: `SHA-256(0x00 ‖ bytes)`.
#[must_use]
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    // The first byte tells leaves from nodes, so that nobody can pass one off as the other.
    Hash(
        Sha256::new()
            .chain_update([0])
            .chain_update(bytes)
            .finalize()
            .into(),
    )
}

/// The hash over two subtrees: `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// A tree reduced to what it takes to grow it: at most 64 hashes, whatever its size.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Bytes that are not the frontier of a tree of that size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves does not have a frontier of {length} bytes")]
pub struct NotAFrontier {
    /// The size that was claimed.
    pub size: u64,
    /// How many bytes there were.
    pub length: usize,
}

impl Frontier {
    /// The largest tree: its size is a signed 64-bit integer in every database.
    pub const MAX_SIZE: u64 = i64::MAX.unsigned_abs();

    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what `to_bytes` wrote for a tree of `size` leaves.
    ///
    /// The shape is checked, the hashes cannot be: compare `root` with the one that was stored beside them.
    ///
    /// # Errors
    /// `NotAFrontier` when the bytes are too many or too few for that size.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, NotAFrontier> {
        let wrong = NotAFrontier {
            size,
            length: bytes.len(),
        };
        let (hashes, rest) = bytes.as_chunks();
        let peaks: Vec<Hash> = hashes.iter().copied().map(Hash).collect();
        let fits = size <= Self::MAX_SIZE && usize::try_from(size.count_ones()) == Ok(peaks.len());
        if fits && rest.is_empty() {
            Ok(Self { size, peaks })
        } else {
            Err(wrong)
        }
    }

    /// Its hashes one after another, the largest subtree first; the size is kept beside them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.iter().flat_map(|peak| peak.0).collect()
    }

    /// How many leaves the tree has: the number that the next one gets.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one of the size is a subtree as large as the one that has just been completed.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root of the tree; that of no leaves is the hash of nothing (RFC 6962, section 2.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut smallest_first = self.peaks.iter().rev();
        match smallest_first.next() {
            Some(last) => smallest_first.fold(*last, |right, left| node_hash(left, &right)),
            None => Hash(Sha256::digest([]).into()),
        }
    }

    /// The root that the tree would have with one more leaf.
    #[must_use]
    pub fn root_with(&self, leaf: Hash) -> Hash {
        let mut longer = self.clone();
        longer.append(leaf);
        longer.root()
    }

    /// Where two trees are seen to part: the first leaf of the first subtree that both have and that differs.
    ///
    /// The leaves before it are the same in both. Nothing means that no such subtree differs: of two trees of equal
    /// size, that they are equal.
    #[must_use]
    pub fn parts_from(&self, other: &Self) -> Option<u64> {
        self.subtrees()
            .zip(other.subtrees())
            .take_while(|(ours, theirs)| ours.leaves == theirs.leaves)
            .find(|(ours, theirs)| ours.root != theirs.root)
            .map(|(ours, _)| ours.first)
    }

    /// The complete subtrees, the largest first.
    fn subtrees(&self) -> impl Iterator<Item = Subtree> {
        let sizes = (0..u64::BITS)
            .rev()
            .map(|bit| 1 << bit)
            .filter(|leaves| self.size & leaves != 0);
        let mut next = 0;
        sizes.zip(&self.peaks).map(move |(leaves, root)| {
            let first = next;
            next += leaves;
            Subtree {
                first,
                leaves,
                root: *root,
            }
        })
    }
}

impl Clone for Frontier {
    fn clone(&self) -> Self {
        Self {
            size: self.size,
            peaks: self.peaks.clone(),
        }
    }

    // The verifier copies a frontier at every event; this way it does so without allocating.
    fn clone_from(&mut self, other: &Self) {
        self.size = other.size;
        self.peaks.clone_from(&other.peaks);
    }
}

struct Subtree {
    first: u64,
    leaves: u64,
    root: Hash,
}

impl Hash {
    /// Its 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = NotAHash;

    fn try_from(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
