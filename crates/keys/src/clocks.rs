//! How far our clock is from the one that all servers of an installation share: the database's.
//!
//! Invariant: a server whose clock differs by more than half of the leeway signs nothing (P08). Behind, it would sign in the
//! name of a key that had not begun; ahead, every verifier would find its tokens issued in the future.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use gatewright_store::StoreError;

use crate::{Keys, signer::SignerError};

/// Milliseconds by which our clock is ahead, as they were measured last.
#[derive(Default)]
pub(crate) struct Offset(AtomicI64);

impl Keys {
    /// Compares our clock with the database's, and gives the milliseconds by which ours is ahead; nothing where both are
    /// the clock of one machine. What the question itself took is split evenly.
    ///
    /// # Errors
    /// When the database does not answer; then what was measured last counts on.
    pub async fn compare_clocks(&self) -> Result<Option<i64>, StoreError> {
        let before = self.clock.now();
        let Some(theirs) = self.store.reader().clock().await? else {
            return Ok(None);
        };
        let after = self.clock.now();
        let ours = before.plus(after.since(before) / 2);
        let ahead = ours.millis().saturating_sub(theirs.millis());
        self.offset.0.store(ahead, Ordering::Relaxed);
        Ok(Some(ahead))
    }

    /// The milliseconds by which our clock was ahead of the database's when they were compared last.
    #[must_use]
    pub fn clock_offset(&self) -> i64 {
        self.offset.0.load(Ordering::Relaxed)
    }

    /// Whether our clock is one to sign by.
    pub(crate) fn is_in_time(&self) -> Result<(), SignerError> {
        let ahead = self.clock_offset();
        let differs = Duration::from_millis(ahead.unsigned_abs());
        if differs > self.config.timing.leeway / 2 {
            return Err(SignerError::Skew { ahead });
        }
        Ok(())
    }
}
