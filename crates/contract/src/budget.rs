//! What a document may cost.

/// The limits within which a document is read. The defaults let the largest public contracts pass and keep any
/// hostile one within a second of CPU and 64 MB (`docs/adr/0003-contract-budgets.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Bytes of the upload.
    pub bytes: usize,
    /// Containers inside one another.
    pub depth: usize,
    /// Values and keys, those that aliases repeat included.
    pub nodes: usize,
    /// Values and keys that YAML aliases may repeat. Each is a copy nobody wrote, which is how a kilobyte
    /// becomes a gigabyte, so the allowance is far below that of written nodes.
    pub aliased_nodes: usize,
    /// References followed one after another.
    pub reference_chain: usize,
    /// Operations listed.
    pub operations: usize,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            depth: 64,
            nodes: 2_000_000,
            aliased_nodes: 100_000,
            reference_chain: 100,
            operations: 20_000,
        }
    }
}
