//! Whole tokens, as they arrive. Asserts that explaining agrees with verifying, and that what can be shown is written in
//! the one form that base64url has.
#![no_main]

use gatewright_fuzz::{HOSTILE, decode, encode};
use gatewright_token::{
    inspect::{decode_unverified, inspect},
    verify::verify,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|token: &[u8]| {
    let (corpus, ring) = &*HOSTILE;
    let policy = corpus.policy();
    let verdict = verify(token, ring, &policy, corpus.now);
    let inspection = inspect(token, ring, &policy, corpus.now);
    assert_eq!(inspection.outcome, verdict);
    if decode_unverified(token, &policy).is_ok() {
        let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
        assert_eq!(parts.len(), 3);
        for part in &parts[..2] {
            let bytes = decode(part).expect("it was decoded");
            assert_eq!(encode(bytes).as_bytes(), *part);
        }
    } else {
        assert!(verdict.is_err());
    }
});
