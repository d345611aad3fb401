//! Verified tokens, remembered: facts, never decisions, and never failures.
//!
//! Invariant: a token is known by a hash of all its bytes under a key of this process, so no two tokens are taken for one
//! (CVE-2026-35030), and nobody outside can aim at a place in the cache.

use std::{num::NonZeroUsize, sync::Arc};

use gatewright_domain::entropy::Entropy;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

/// Longer tokens are not hashed: the verifier refuses them unread.
const LONGEST: usize = 8 * 1024;

/// What is known of a token.
pub trait Facts {
    /// Whether it still holds as it did when the token was verified.
    fn stand(&self) -> bool;
}

/// A token's name in the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

/// The tokens that verified lately.
pub struct Memory<F> {
    key: [u8; 32],
    facts: Cache<Fingerprint, Arc<F>>,
}

impl<F: Facts> Memory<F> {
    /// Room for so many.
    #[must_use]
    pub fn new(size: NonZeroUsize, entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self {
            key,
            facts: Cache::new(size.get()),
        }
    }

    /// The name of a token; nothing for one that is too long to be any.
    #[must_use]
    pub fn name(&self, token: &[u8]) -> Option<Fingerprint> {
        let hash = || {
            Sha256::new()
                .chain_update(self.key)
                .chain_update(token)
                .finalize()
        };
        (token.len() <= LONGEST).then(|| Fingerprint(hash().into()))
    }

    /// What is known of a token, as long as its key stands as it stood when the token was verified.
    #[must_use]
    pub fn recall(&self, name: &Fingerprint) -> Option<Arc<F>> {
        self.facts.get(name).filter(|facts| facts.stand())
    }

    /// Remembers a token that verified.
    pub fn remember(&self, name: Fingerprint, facts: &Arc<F>) {
        self.facts.insert(name, Arc::clone(facts));
    }
}
