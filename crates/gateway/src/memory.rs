//! Verified tokens, remembered: facts, never decisions, and never failures.
//!
//! Invariant: a token is known by a hash of all its bytes under a key of this process, so no two tokens are taken for one
//! (CVE-2026-35030), and nobody outside can aim at a place in the cache.

use std::{num::NonZeroUsize, sync::Arc};

use gatewright_domain::entropy::Entropy;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{bearer::Bearer, verifier::Facts};

/// Longer tokens are not hashed: the verifier refuses them unread.
const LONGEST: usize = 8 * 1024;

/// A token's name in the memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

/// The tokens that verified lately.
pub(crate) struct Memory {
    key: [u8; 32],
    facts: Cache<Fingerprint, Arc<Facts>>,
}

impl Memory {
    /// Room for so many.
    pub(crate) fn new(size: NonZeroUsize, entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self {
            key,
            facts: Cache::new(size.get()),
        }
    }

    /// The name of a token; nothing for one that is too long to be any.
    pub(crate) fn name(&self, token: Bearer<'_>) -> Option<Fingerprint> {
        let hash = || {
            Sha256::new()
                .chain_update(self.key)
                .chain_update(token.0)
                .finalize()
        };
        (token.0.len() <= LONGEST).then(|| Fingerprint(hash().into()))
    }

    /// What is known of a token, as long as its key stands as it stood when the token was verified.
    pub(crate) fn recall(&self, name: &Fingerprint) -> Option<Arc<Facts>> {
        self.facts.get(name).filter(|facts| facts.stand())
    }

    /// Remembers a token that verified.
    pub(crate) fn remember(&self, name: Fingerprint, facts: &Arc<Facts>) {
        self.facts.insert(name, Arc::clone(facts));
    }
}
