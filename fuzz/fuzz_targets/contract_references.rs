//! Whole contracts, and the references in them. Asserts that a document is taken without an error or refused with one, that
//! findings point into it, and that the reference made of it can be told.
#![no_main]

use gatewright_contract::{Budgets, Finding, examine, read, reference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let budgets = Budgets::default();
    let findings = match examine(input, &budgets) {
        Ok(examined) => {
            assert!(!examined.findings.has_errors());
            for operation in &examined.operations {
                let known = |scope| examined.scopes.contains_key(scope);
                assert!(operation.requires.scopes().into_iter().all(known));
            }
            examined.findings
        }
        Err(findings) => {
            assert!(findings.has_errors());
            findings
        }
    };
    let Ok(document) = read(input, &budgets) else {
        return;
    };
    for Finding {
        pointer,
        line,
        column,
        ..
    } in findings.as_slice()
    {
        assert!(*line > 0 && *column > 0);
        assert!(
            pointer.ends_with('…') || document.at(pointer).is_some(),
            "{pointer}"
        );
    }
    for group in reference(&document, &budgets).groups {
        for operation in group.operations {
            assert!(operation.curl("https://gw.example").starts_with("curl"));
        }
    }
});
