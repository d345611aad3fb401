//! A ruleset and a document, parted by a line of three hyphens and an arrow. Asserts that a lint ends within its budgets, that
//! every finding stands in the document, and that what is unsupported is said.
#![no_main]

use gatewright_contract::{Budgets, LintBudgets, Ruleset, lint_within, read};
use libfuzzer_sys::fuzz_target;

const BUDGETS: LintBudgets = LintBudgets {
    steps: 1_000_000,
    steps_per_byte: 0,
    findings: 1_000,
    reference_chain: 100,
};

fuzz_target!(|input: &[u8]| {
    let Ok(input) = std::str::from_utf8(input) else {
        return;
    };
    let Some((ruleset, document)) = input.split_once("\n--->\n") else {
        return;
    };
    let Ok(ruleset) = Ruleset::read(ruleset, &|_| None) else {
        return;
    };
    let Ok(document) = read(document.as_bytes(), &Budgets::default()) else {
        return;
    };
    let linted = lint_within(&document, &ruleset, &BUDGETS);
    assert_eq!(linted.unsupported, ruleset.unsupported());
    assert!(linted.findings.len() <= BUDGETS.findings + 20);
    for finding in &linted.findings {
        assert!(finding.line >= 1 && finding.column >= 1);
        // A pointer to a key as long as nobody writes one is cut off.
        let found = document.at(&finding.pointer).is_some();
        assert!(found || finding.pointer.ends_with('…'), "{finding:?}");
    }
});
