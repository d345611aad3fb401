//! YAML as contracts are written in. Asserts that every node is found again under its own pointer, at a place inside the text,
//! and that aliases multiply nothing beyond the budgets.
#![no_main]

use gatewright_contract::{Budgets, Format, read};
use gatewright_fuzz::contract::holds_together;
use libfuzzer_sys::fuzz_target;

/// Small, so that a short input can exceed them.
const BUDGETS: Budgets = Budgets {
    bytes: 100_000,
    depth: 32,
    nodes: 5_000,
    repeated_nodes: 1_000,
    anchors: 50,
    reference_chain: 10,
    paths: 100,
    operations: 100,
    parameters: 500,
    scopes: 500,
};

fuzz_target!(|input: &[u8]| {
    match read(input, &BUDGETS) {
        Ok(document) if document.format() == Format::Yaml => {
            let nodes = holds_together(&document);
            assert!(nodes <= BUDGETS.nodes);
        }
        Ok(_) => {}
        Err(findings) => assert!(findings.has_errors()),
    }
});
