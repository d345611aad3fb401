//! What a document may cost.

/// The limits within which a document is read. The defaults let the largest public contracts pass and keep a hostile
/// one within a second of CPU and 64 MB (`docs/adr/0003-contract-budgets.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Bytes of the upload.
    pub bytes: usize,
    /// Objects and lists inside one another.
    pub depth: usize,
    /// Values and keys, those that YAML aliases repeat included.
    pub nodes: usize,
    /// Values and keys that YAML aliases repeat. Nobody wrote them, which is how a kilobyte becomes a gigabyte, so
    /// the allowance is far below that of written ones.
    pub repeated_nodes: usize,
    /// Anchors of YAML.
    pub anchors: usize,
    /// References followed one after another.
    pub reference_chain: usize,
    /// Paths described.
    pub paths: usize,
    /// Operations listed.
    pub operations: usize,
    /// Parameters read, counted anew at every operation that has them.
    pub parameters: usize,
    /// Scopes declared and required, counted anew at every operation that requires them: a requirement of the whole
    /// document is repeated by each operation that has none of its own.
    pub scopes: usize,
}

impl Budgets {
    /// For documents that somebody reads on his own machine and at his own cost. Microsoft Graph's beta, the largest public
    /// document known, has 47 MB without a blank in it and fits several times over; what multiplies is still bounded.
    pub const OWN_FILES: Self = Self {
        bytes: 256 * 1024 * 1024,
        depth: 256,
        nodes: 20_000_000,
        repeated_nodes: 2_000_000,
        anchors: 100_000,
        reference_chain: 100,
        paths: 200_000,
        operations: 200_000,
        parameters: 5_000_000,
        scopes: 1_000_000,
    };
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            bytes: 16 * 1024 * 1024,
            depth: 64,
            nodes: 1_000_000,
            repeated_nodes: 100_000,
            anchors: 10_000,
            reference_chain: 100,
            paths: 20_000,
            operations: 20_000,
            parameters: 500_000,
            scopes: 100_000,
        }
    }
}
