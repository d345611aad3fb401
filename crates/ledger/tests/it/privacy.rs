use gatewright_ledger::privacy::Commitment;

#[test]
fn a_commitment_is_the_hmac_of_path_and_value() {
    let commitment = Commitment::to(&[0x0b; 16], "/source/ip", "192.0.2.1");
    let json = serde_json::to_string(&commitment).unwrap();
    assert_eq!(
        json,
        r#"{"$pii":"4fa4921f0b6782df90c6d54482e5471eab6a0b406408d47db5ce485928a449f7"}"#
    );
}

#[test]
fn only_salt_place_and_value_together_open_it() {
    let (salt, other) = ([1; 16], [2; 16]);
    let commitment = Commitment::to(&salt, "/source/ip", "192.0.2.1");
    assert!(commitment.opens(&salt, "/source/ip", "192.0.2.1"));
    assert!(!commitment.opens(&other, "/source/ip", "192.0.2.1"));
    assert!(!commitment.opens(&salt, "/source/ua", "192.0.2.1"));
    assert!(!commitment.opens(&salt, "/source/ip", "192.0.2.2"));
}

#[test]
fn what_is_not_64_small_hexadecimal_digits_is_no_commitment() {
    let digest = "0123456789abcdef".repeat(4);
    assert!(serde_json::from_str::<Commitment>(&format!(r#"{{"$pii":"{digest}"}}"#)).is_ok());
    let refused = [
        digest.to_uppercase(),
        digest[1..].to_owned(),
        format!("{digest}0"),
        "g".repeat(64),
    ];
    for digest in refused {
        assert!(serde_json::from_str::<Commitment>(&format!(r#"{{"$pii":"{digest}"}}"#)).is_err());
    }
}
