//! Claims of tokens whose signature is good. Asserts that explaining agrees with verifying, that another reader finds in
//! accepted claims what we found, and that no accepted token is for somebody else, too old or too long.
#![no_main]

use gatewright_fuzz::{
    AUDIENCE, ISSUER, NOW, POLICY, RING, good_header, now, second_reading, sign,
};
use gatewright_token::{inspect::inspect, verify::verify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|claims: &[u8]| {
    let token = sign(good_header().as_bytes(), claims);
    let verdict = verify(&token, &RING, &POLICY, now());
    assert_eq!(inspect(&token, &RING, &POLICY, now()).outcome, verdict);
    let Ok(verified) = verdict else {
        return;
    };
    let (claims, facts) = (second_reading(claims), verified.facts());
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], verified.subject());
    assert_eq!(claims["client_id"], facts.client_id.as_str());
    assert_eq!(claims["jti"], facts.jti.as_str());
    assert_eq!(
        claims.get("sid").and_then(|sid| sid.as_str()),
        verified.session()
    );
    let audience = &claims["aud"];
    let ours = |value: &serde_json::Value| value == AUDIENCE;
    assert!(
        ours(audience)
            || audience
                .as_array()
                .is_some_and(|list| list.iter().any(ours))
    );
    let (issued, expires) = (
        claims["iat"].as_f64().unwrap(),
        claims["exp"].as_f64().unwrap(),
    );
    assert!((facts.issued.millis() as f64 - issued * 1000.0).abs() < 2.0);
    assert!(issued <= (NOW + 30) as f64 && expires > (NOW - 31) as f64);
    assert!(issued < expires && expires - issued < 3601.0);
});
