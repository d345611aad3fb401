//! Loaded dice: bytes that look random and are the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

use gatewright_domain::entropy::Entropy;
use sha2::{Digest, Sha256};

/// A source whose draws depend on its seed and on how many draws came before. Two draws never give the same bytes.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// A source; sources of the same seed give the same draws.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        let drawn = AtomicU64::new(0);
        Self { seed, drawn }
    }
}

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let draw = self.drawn.fetch_add(1, Ordering::SeqCst);
        for (block, chunk) in (0_u64..).zip(bytes.chunks_mut(32)) {
            let hash = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(draw.to_be_bytes())
                .chain_update(block.to_be_bytes())
                .finalize();
            for (byte, drawn) in chunk.iter_mut().zip(hash) {
                *byte = drawn;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(dice: &SeededEntropy) -> [u8; 40] {
        let mut bytes = [0; 40];
        dice.fill(&mut bytes);
        bytes
    }

    #[test]
    fn the_same_seed_gives_the_same_draws_in_the_same_order() {
        let (one, other) = (SeededEntropy::new(7), SeededEntropy::new(7));
        assert_eq!([draw(&one), draw(&one)], [draw(&other), draw(&other)]);
    }

    #[test]
    fn two_draws_and_two_seeds_give_different_bytes() {
        let (one, other) = (SeededEntropy::new(7), SeededEntropy::new(8));
        let first = draw(&one);
        assert_ne!(first, draw(&one));
        assert_ne!(first, draw(&other));
    }
}
