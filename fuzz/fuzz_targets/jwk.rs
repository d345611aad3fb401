//! Keys and key sets, ours and others'. Asserts that an accepted key reads back as itself under its one thumbprint, and
//! that nothing private passes in any state of any reader.
#![no_main]

use gatewright_fuzz::second_reading;
use gatewright_token::{foreign::ForeignKeys, jwk::PublicJwk, jwks};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fuzz_target!(|input: &[u8]| {
    if let Some(key) = std::str::from_utf8(input)
        .ok()
        .and_then(|text| text.parse().ok())
    {
        holds(&key);
        shows_nothing(&second_reading(input));
    }
    if let Ok(keys) = jwks::read(input) {
        keys.iter().for_each(holds);
        each_shows_nothing(&second_reading(input));
    }
    if let Ok(keys) = ForeignKeys::read(input) {
        keys.keys().for_each(holds);
        assert!(keys.keys().count() <= 64);
        each_shows_nothing(&second_reading(input));
    }
});

fn holds(key: &PublicJwk) {
    let again: PublicJwk = key.to_json().parse().expect("what is shown can be read");
    assert_eq!(again, *key);
    assert_eq!(again.thumbprint(), key.thumbprint());
    assert_eq!(key.thumbprint().len(), 43);
    let own = PublicJwk::own(key.algorithm(), key.numbers().clone()).expect("its numbers are good");
    assert_eq!(own.kid().as_str(), key.thumbprint());
    shows_nothing(&second_reading(key.to_json().as_bytes()));
}

fn shows_nothing(key: &Value) {
    assert!(PRIVATE.iter().all(|name| key.get(name).is_none()));
}

fn each_shows_nothing(set: &Value) {
    set["keys"]
        .as_array()
        .expect("a list")
        .iter()
        .for_each(shows_nothing);
}
