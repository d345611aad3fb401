//! JSON as contracts are written in. Asserts that what is read is what another reader makes of the same text, and that every
//! node is found again under its own pointer, at a place inside the text.
#![no_main]

use gatewright_contract::{Budgets, Format, read};
use gatewright_fuzz::contract::{holds_together, says_the_same};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(document) = read(input, &Budgets::default()) else {
        return;
    };
    holds_together(&document);
    if document.format() != Format::Json {
        return;
    }
    let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    match serde_json::from_slice(text) {
        Ok(other) => assert!(says_the_same(document.root(), &other)),
        // The other reader holds numbers in 64 bits, and ours does not look at their size.
        Err(error) => assert!(error.to_string().contains("number out of range"), "{error}"),
    }
});
