//! DPoP proofs: a line of header, in which `@KEY@` stands for the sender's key, and the claims; an input without a line
//! end arrives as it is. Asserts that an accepted proof is of the key that signed, for this method, address and token,
//! and new; and that an address has one form.
#![no_main]

use gatewright_fuzz::{HTU, NOW, PUBLIC, now, second_reading, sign, two_parts, with_key};
use gatewright_token::proof::{Demands, Freshness, Target, access_token_hash, verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let target: Target = HTU.parse().expect("an address");
    let demands = Demands {
        method: "POST",
        target: &target,
        access_token: Some("token"),
        freshness: Freshness::Clock,
    };
    let Some((header, claims)) = two_parts(input) else {
        if let Ok(proof) = verify(input, &demands, now()) {
            panic!("nobody signed {proof:?}");
        }
        let text = String::from_utf8_lossy(input);
        if let Ok(target) = text.parse::<Target>() {
            assert_eq!(target.to_string().parse(), Ok(target));
        }
        return;
    };
    let header = with_key(header);
    let Ok(proof) = verify(&sign(&header, claims), &demands, now()) else {
        return;
    };
    assert_eq!(proof.thumbprint().as_str(), PUBLIC.thumbprint());
    let (header, claims) = (second_reading(&header), second_reading(claims));
    assert_eq!(header["alg"], "ES256");
    assert!(header["jwk"].get("d").is_none());
    assert_eq!(claims["htm"], "POST");
    let named: Target = claims["htu"].as_str().unwrap().parse().expect("an address");
    assert_eq!(named, target);
    assert_eq!(claims["ath"], access_token_hash("token"));
    assert_eq!(claims["jti"], proof.jti());
    let distance = claims["iat"].as_f64().unwrap() - NOW as f64;
    assert!(distance.abs() <= 61.0);
});
