//! Randomness as the product knows it: drawn from a source that is handed in, never conjured here.

/// Where random bytes come from. The real one lives in the binaries, the seeded one in `testkit`.
pub trait Entropy: Send + Sync {
    /// Fills all of `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}
