//! Fuel: how much work the linting of one document may be.
//!
//! Invariant: whatever loops over what a document or a ruleset says burns fuel, so that every lint ends. Nothing is
//! timed: the same document and ruleset end alike on every machine.

use std::cell::Cell;

/// A store of steps that only shrinks.
#[derive(Debug)]
pub(crate) struct Fuel(Cell<u64>);

impl Fuel {
    pub(crate) fn of(steps: u64) -> Self {
        Self(Cell::new(steps))
    }

    /// Takes so many steps; `false` when there were not enough, and from then on.
    pub(crate) fn burn(&self, steps: u64) -> bool {
        match self.0.get().checked_sub(steps) {
            Some(left) => {
                self.0.set(left);
                left > 0
            }
            None => {
                self.0.set(0);
                false
            }
        }
    }

    /// Takes what it costs to look through a text, which may be megabytes long.
    pub(crate) fn burn_for(&self, text: &str) -> bool {
        self.burn(1 + u64::try_from(text.len() / 16).unwrap_or(u64::MAX))
    }

    pub(crate) fn is_out(&self) -> bool {
        self.0.get() == 0
    }
}
