//! Client assertions: a line of header and the claims, signed by the client's key; an input without a line end arrives
//! as it is. Asserts that an accepted one is from the client, for us alone, and short; that both readings of whom it is
//! from agree; and that bytes that nobody signed are refused.
#![no_main]

use std::sync::LazyLock;

use gatewright_domain::consumer::ClientId;
use gatewright_fuzz::{CLIENT, ISSUER, NOW, bare_key, now, second_reading, sign, two_parts};
use gatewright_token::{
    assertion::{Audience, Demands, claimed_client, verify},
    foreign::ForeignKeys,
    proof::ALGORITHMS,
};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<ForeignKeys> = LazyLock::new(|| {
    let set = format!(r#"{{"keys":[{}]}}"#, bare_key());
    ForeignKeys::read(set.as_bytes()).expect("one key is a set")
});

fuzz_target!(|input: &[u8]| {
    let client_id = ClientId::from_wire(CLIENT.to_owned());
    let demands = Demands {
        client_id: &client_id,
        issuer: ISSUER,
        audience: Audience::IssuerOnly,
        algorithms: &ALGORITHMS,
    };
    let Some((header, claims)) = two_parts(input) else {
        let _ = claimed_client(input);
        assert!(verify(input, &KEYS, &demands, now()).is_err());
        return;
    };
    let assertion = sign(header, claims);
    let claimed = claimed_client(&assertion);
    let Ok(proved) = verify(&assertion, &KEYS, &demands, now()) else {
        return;
    };
    assert_eq!(claimed.as_ref(), Ok(proved.client_id()));
    let (header, claims) = (second_reading(header), second_reading(claims));
    assert_eq!(header["alg"], "ES256");
    assert!(
        ["jwk", "jku", "x5u", "x5c", "crit"]
            .iter()
            .all(|name| header.get(name).is_none())
    );
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&CLIENT.into(), &CLIENT.into())
    );
    let audience = &claims["aud"];
    let alone = audience
        .as_array()
        .is_some_and(|list| list.len() == 1 && list[0] == ISSUER);
    assert!(audience == ISSUER || alone);
    assert_eq!(claims["jti"], proved.jti());
    assert!(claims["exp"].as_f64().unwrap() <= (NOW + 331) as f64);
    assert!(now() < proved.remember_until());
});
