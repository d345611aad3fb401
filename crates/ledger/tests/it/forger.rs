//! What somebody can do who may write to the tables and has read the book.

use gatewright_ledger::{
    event::Entry,
    tree::{Frontier, leaf_hash},
};

use crate::log::{Log, Stored, append, head};

impl Stored {
    pub(crate) fn entry(&self) -> Entry {
        Entry::read(&self.canonical).unwrap()
    }

    /// Replaces the event, its leaf hash and its columns, as if it had always been so; the root stays.
    pub(crate) fn becomes(&mut self, entry: &Entry) {
        let forged = append(&mut Frontier::new(), entry);
        *self = Self {
            seq: self.seq,
            root_after: self.root_after.clone(),
            ..forged
        };
    }
}

impl Log {
    /// Numbers the rows anew from where they lie; the events inside keep theirs.
    pub(crate) fn close_ranks(&mut self) {
        for (row, seq) in self.rows.iter_mut().zip(0..) {
            row.seq = seq;
        }
    }

    /// Computes every root and leaf hash anew.
    pub(crate) fn reseal(&mut self) -> Frontier {
        let mut tree = Frontier::new();
        for row in &mut self.rows {
            let leaf = leaf_hash(&row.canonical);
            tree.append(leaf);
            row.leaf_hash = leaf.as_bytes().to_vec();
            row.root_after = tree.root().as_bytes().to_vec();
        }
        tree
    }

    /// Computes everything anew, the head too: the perfect forgery, which only somebody outside can refute.
    pub(crate) fn forge(&mut self) {
        let tree = self.reseal();
        self.head = head(&tree);
    }

    /// Replaces one event and computes everything beside it anew.
    pub(crate) fn rewrite(&mut self, at: usize) {
        let mut entry = self.rows[at].entry();
        entry.outcome = "denied".to_owned();
        self.rows[at].becomes(&entry);
    }
}
