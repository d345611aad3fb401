//! Headers of tokens whose signature is good, so that everything behind the signature is reached. Asserts that
//! explaining agrees with verifying, and that an accepted header says what it must to another reader as well.
#![no_main]

use gatewright_fuzz::{POLICY, PUBLIC, RING, good_claims, now, second_reading, sign, with_kid};
use gatewright_token::{inspect::inspect, verify::verify};
use libfuzzer_sys::fuzz_target;

const FORBIDDEN: [&str; 11] = [
    "crit", "jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "b64", "zip", "enc", "cty",
];

fuzz_target!(|input: &[u8]| {
    let header = with_kid(input);
    let token = sign(&header, good_claims().as_bytes());
    let verdict = verify(&token, &RING, &POLICY, now());
    assert_eq!(inspect(&token, &RING, &POLICY, now()).outcome, verdict);
    if verdict.is_ok() {
        let header = second_reading(&header);
        assert_eq!(header["alg"], "ES256");
        assert_eq!(header["kid"], PUBLIC.kid().as_str());
        let kind = header["typ"].as_str().expect("a type").to_ascii_lowercase();
        assert!(matches!(kind.as_str(), "at+jwt" | "application/at+jwt"));
        assert!(FORBIDDEN.iter().all(|name| header.get(name).is_none()));
    }
});
