//! Tokens of other issuers: verified as their registration says, and never as the token would like it.

use std::time::Duration;

use aws_lc_rs::hmac;
use gatewright_domain::{key::Algorithm, outside::TokenKinds, secret::Secret};
use gatewright_token::{
    foreign::ForeignKeys,
    outside::{
        NotASharedSecret, Outside, OutsideRefusal, SharedSecret, Signers, Trust, claimed_issuer,
        explain, verify,
    },
    refusal::{ClaimFault, Refusal},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    signer::Signer,
    stage::{AUDIENCE as OURS, ISSUER as OUR_ISSUER, NOW, at, encode, judge as judge_ours},
};

const THEIRS: &str = "https://login.partner.test/tenant-1";
const AUDIENCE: &str = "https://api.partner.test";
const SECRET: &str = "correct horse battery staple, and some more of it";

fn shared(secret: &str) -> SharedSecret {
    let bytes = Secret::new(secret.as_bytes().to_vec());
    SharedSecret::of("iss-1".parse().unwrap(), &bytes).unwrap()
}

fn trust(signers: Signers) -> Trust {
    Trust {
        issuer: THEIRS.to_owned(),
        audience: AUDIENCE.to_owned(),
        kinds: TokenKinds::AnyJwt,
        signers,
        leeway: Duration::from_secs(30),
        max_lifetime: Duration::from_secs(3600),
    }
}

fn set(keys: &[Value]) -> ForeignKeys {
    ForeignKeys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn named(signer: &Signer, kid: &str) -> Value {
    let mut jwk = signer.jwk();
    jwk["kid"] = kid.into();
    jwk
}

fn by_keys(keys: &[Value], algorithms: &[Algorithm]) -> Trust {
    trust(Signers::Keys {
        keys: set(keys),
        algorithms: algorithms.to_vec(),
    })
}

fn by_secret() -> Trust {
    trust(Signers::Secret(shared(SECRET)))
}

fn claims() -> Value {
    json!({
        "iss": THEIRS, "aud": ["account", AUDIENCE], "sub": "ci", "exp": NOW + 600, "iat": NOW - 100,
        "realm_access": { "roles": ["reader"] },
    })
}

fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

/// What a short script mints with PyJWT: the header that it writes, and an HMAC over it and the claims.
fn script(secret: &[u8], header: &Value, claims: &Value) -> String {
    let input = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())))
}

fn hs256() -> Value {
    json!({ "alg": "HS256", "typ": "JWT" })
}

fn judge(token: &str, trust: &Trust) -> Result<Outside, OutsideRefusal> {
    let outcome = verify(token.as_bytes(), trust, at(NOW));
    assert_eq!(
        explain(token.as_bytes(), trust, at(NOW)).outcome,
        outcome,
        "explaining and verifying say the same"
    );
    outcome
}

/// A good token of the secret with one claim replaced, or taken out.
fn of_claim(name: &str, value: impl Into<Value>) -> Result<Outside, OutsideRefusal> {
    let claims = claims_with(name, value.into());
    judge(&script(SECRET.as_bytes(), &hs256(), &claims), &by_secret())
}

#[test]
fn a_token_of_every_algorithm_is_taken_by_the_key_of_its_kid() {
    for algorithm in [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
        Algorithm::Rs256,
        Algorithm::Ps256,
    ] {
        let (signer, other) = (Signer::new(algorithm), Signer::new(Algorithm::Es256));
        let trust = by_keys(
            &[named(&other, "old"), named(&signer, "new/2:x")],
            &[algorithm],
        );
        let header =
            json!({ "alg": algorithm.name(), "kid": "new/2:x", "typ": "JWT", "x5t": "AAA" });
        let taken = judge(&signer.sign(&header, &claims()), &trust).unwrap();
        assert_eq!(taken.issued(), at(NOW - 100));
        assert_eq!(taken.claims()["realm_access"]["roles"][0], "reader");
    }
}

#[test]
fn without_a_kid_only_the_only_key_of_the_algorithm_counts() {
    let (signer, other) = (Signer::new(Algorithm::Es256), Signer::new(Algorithm::Es256));
    let header = json!({ "alg": "ES256" });
    let token = signer.sign(&header, &claims());
    let algorithms = [Algorithm::Es256];
    assert!(judge(&token, &by_keys(&[named(&signer, "a")], &algorithms)).is_ok());
    assert!(judge(&token, &by_keys(&[signer.jwk()], &algorithms)).is_ok());
    let two = by_keys(&[named(&signer, "a"), named(&other, "b")], &algorithms);
    assert_eq!(judge(&token, &two), Err(OutsideRefusal::SeveralKeys));
    let named_so = signer.sign(&json!({ "alg": "ES256", "kid": "c" }), &claims());
    assert_eq!(judge(&named_so, &two), Err(OutsideRefusal::UnknownKey));
    let wrong = signer.sign(&json!({ "alg": "ES256", "kid": "b" }), &claims());
    assert_eq!(judge(&wrong, &two), Err(OutsideRefusal::Signature));
}

#[test]
fn a_script_with_the_secret_mints_tokens_and_one_without_does_not() {
    let token = script(SECRET.as_bytes(), &hs256(), &claims());
    let taken = judge(&token, &by_secret()).unwrap();
    assert_eq!(taken.kid().as_str(), "iss-1");
    let stranger = script(
        b"some other secret of enough bytes, really",
        &hs256(),
        &claims(),
    );
    assert_eq!(
        judge(&stranger, &by_secret()),
        Err(OutsideRefusal::Signature)
    );
}

#[test]
fn a_public_key_is_no_secret_and_a_secret_no_key() {
    let signer = Signer::new(Algorithm::Rs256);
    let jwk = named(&signer, "k");
    let trust = by_keys(std::slice::from_ref(&jwk), &[Algorithm::Rs256]);
    // Everything an attacker can take for the secret: the key as it is published, and its parts.
    let (text, n) = (jwk.to_string(), jwk["n"].as_str().unwrap().to_owned());
    for known in [
        text.as_bytes(),
        n.as_bytes(),
        b"",
        b"-----BEGIN PUBLIC KEY-----",
    ] {
        for header in [hs256(), json!({ "alg": "HS256", "kid": "k" })] {
            let forged = script(known, &header, &claims());
            assert_eq!(judge(&forged, &trust), Err(OutsideRefusal::Algorithm));
        }
    }
    let signed = signer.sign(&json!({ "alg": "RS256", "kid": "k" }), &claims());
    assert_eq!(judge(&signed, &by_secret()), Err(OutsideRefusal::Algorithm));
}

#[test]
fn only_the_registered_algorithms_are_taken_whatever_the_set_holds() {
    let (es, rs) = (Signer::new(Algorithm::Es256), Signer::new(Algorithm::Rs256));
    let trust = by_keys(&[named(&es, "e"), named(&rs, "r")], &[Algorithm::Es256]);
    let token = rs.sign(&json!({ "alg": "RS256", "kid": "r" }), &claims());
    assert_eq!(judge(&token, &trust), Err(OutsideRefusal::Algorithm));
    // A key of one algorithm under the name of another.
    let token = es.sign(&json!({ "alg": "ES256", "kid": "r" }), &claims());
    assert_eq!(judge(&token, &trust), Err(OutsideRefusal::UnknownKey));
    for named in [
        "none", "None", "", "hs256", "HS384", "HS512", "ES256K", "RS256 ",
    ] {
        let token = es.sign(&json!({ "alg": named, "kid": "e" }), &claims());
        assert_eq!(
            judge(&token, &trust),
            Err(OutsideRefusal::Algorithm),
            "{named}"
        );
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        assert!(judge(&unsigned, &trust).is_err(), "{named}");
        let minted = script(SECRET.as_bytes(), &json!({ "alg": named }), &claims());
        assert_eq!(
            judge(&minted, &by_secret()),
            Err(OutsideRefusal::Algorithm),
            "{named}"
        );
    }
}

#[test]
fn a_header_that_brings_a_key_or_a_rule_of_its_own_is_refused() {
    let key = Signer::new(Algorithm::Es256);
    let members = [
        ("jwk", key.jwk()),
        ("jku", json!("https://evil.test/keys")),
        ("x5u", json!("https://evil.test/cert")),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
    ];
    for (name, value) in members {
        let mut header = hs256();
        header[name] = value;
        let refused = judge(&script(SECRET.as_bytes(), &header, &claims()), &by_secret());
        assert_eq!(refused, Err(Refusal::HeaderMember(name).into()), "{name}");
    }
    for (name, value) in [
        ("kid", json!(5)),
        ("typ", json!(["JWT"])),
        ("alg", json!(null)),
    ] {
        let mut header = hs256();
        header[name] = value;
        let refused = judge(&script(SECRET.as_bytes(), &header, &claims()), &by_secret());
        assert_eq!(refused, Err(Refusal::HeaderText(name).into()), "{name}");
    }
}

#[test]
fn the_type_is_one_of_the_registration() {
    let with = |kinds, header: Value| {
        let trust = Trust {
            kinds,
            ..by_secret()
        };
        judge(&script(SECRET.as_bytes(), &header, &claims()), &trust).is_ok()
    };
    let typed = |kind: &str| json!({ "alg": "HS256", "typ": kind });
    for kind in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
        assert!(with(TokenKinds::AnyJwt, typed(kind)), "{kind}");
    }
    assert!(with(TokenKinds::AnyJwt, json!({ "alg": "HS256" })));
    assert!(with(TokenKinds::AccessTokens, typed("at+jwt")));
    for kind in ["JWT", "logout+jwt", "dpop+jwt", "secevent+jwt", ""] {
        assert!(!with(TokenKinds::AccessTokens, typed(kind)), "{kind}");
    }
    assert!(!with(TokenKinds::AccessTokens, json!({ "alg": "HS256" })));
    assert!(!with(TokenKinds::AnyJwt, typed("dpop+jwt")));
}

#[test]
fn issuer_and_audience_are_compared_byte_for_byte() {
    for other in [
        "https://login.partner.test/tenant-1/",
        "https://login.partner.test/tenant-10",
        "https://login.partner.test/tenant-",
        "HTTPS://login.partner.test/tenant-1",
        OUR_ISSUER,
        "",
    ] {
        assert_eq!(
            of_claim("iss", other),
            Err(OutsideRefusal::Issuer),
            "{other}"
        );
    }
    for other in [
        json!(OURS),
        json!("https://api.partner.test/"),
        json!(["a", "b"]),
    ] {
        assert_eq!(of_claim("aud", other), Err(OutsideRefusal::Audience));
    }
    assert!(of_claim("aud", AUDIENCE).is_ok());
    for wrong in [
        json!(5),
        json!([AUDIENCE, 5]),
        json!({ "a": AUDIENCE }),
        json!([THEIRS, [AUDIENCE]]),
    ] {
        assert!(of_claim("aud", wrong).is_err());
    }
    for name in ["iss", "aud", "exp"] {
        let (claim, fault) = (name, ClaimFault::Missing);
        assert_eq!(
            of_claim(name, Value::Null),
            Err(Refusal::Claim { claim, fault }.into())
        );
    }
    assert!(of_claim("iss", json!([THEIRS])).is_err());
}

#[test]
fn a_token_holds_from_its_beginning_to_its_end_and_no_longer_than_allowed() {
    assert!(of_claim("exp", NOW - 29).is_ok());
    assert_eq!(
        of_claim("exp", NOW - 30),
        Err(OutsideRefusal::Expired(at(NOW - 30)))
    );
    assert!(of_claim("nbf", NOW + 30).is_ok());
    assert_eq!(
        of_claim("nbf", NOW + 31),
        Err(OutsideRefusal::NotYetValid(at(NOW + 31)))
    );
    assert_eq!(
        of_claim("iat", NOW + 31),
        Err(OutsideRefusal::IssuedInTheFuture(at(NOW + 31)))
    );
    assert!(of_claim("exp", NOW - 100 + 3600).is_ok());
    assert!(matches!(
        of_claim("exp", NOW - 99 + 3600),
        Err(OutsideRefusal::Lifetime { .. })
    ));
    let mut backwards = claims_with("iat", json!(NOW + 20));
    backwards["exp"] = (NOW + 20).into();
    let refused = judge(
        &script(SECRET.as_bytes(), &hs256(), &backwards),
        &by_secret(),
    );
    assert!(matches!(refused, Err(OutsideRefusal::Lifetime { .. })));
    for wrong in [
        json!("1800000600"),
        json!(1_800_000_600_000_i64),
        json!(-1),
        json!(true),
    ] {
        assert!(of_claim("exp", wrong).is_err());
    }
    assert!(of_claim("exp", json!(1_800_000_600.5)).is_ok());
}

#[test]
fn without_iat_a_token_counts_as_old_as_it_can_be() {
    let taken = of_claim("iat", Value::Null).unwrap();
    assert_eq!(taken.issued(), at(NOW + 600 - 3600));
    let mut long = claims_with("iat", Value::Null);
    long["exp"] = (NOW + 3600).into();
    assert!(judge(&script(SECRET.as_bytes(), &hs256(), &long), &by_secret()).is_ok());
    long["exp"] = (NOW + 3631).into();
    let refused = judge(&script(SECRET.as_bytes(), &hs256(), &long), &by_secret());
    assert!(matches!(refused, Err(OutsideRefusal::Lifetime { .. })));
}

#[test]
fn a_token_without_a_name_is_called_by_what_was_signed_and_never_by_its_signature() {
    let signer = Signer::new(Algorithm::Es256);
    let trust = by_keys(&[named(&signer, "k")], &[Algorithm::Es256]);
    let header = json!({ "alg": "ES256", "kid": "k" });
    // ECDSA is not deterministic here: two signatures over the same bytes, one name.
    let (one, two) = (
        signer.sign(&header, &claims()),
        signer.sign(&header, &claims()),
    );
    assert_ne!(one, two);
    let name = |token: &str| judge(token, &trust).unwrap().name().to_owned();
    assert_eq!(name(&one), name(&two));
    let with = signer.sign(&header, &claims_with("jti", json!("j-1")));
    assert_eq!(name(&with), "j-1");
    let bad = signer.sign(&header, &claims_with("jti", json!("a b")));
    assert!(judge(&bad, &trust).is_err());
}

#[test]
fn what_is_bound_to_a_key_of_its_sender_is_no_bearer_token() {
    let refused = of_claim(
        "cnf",
        json!({ "jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
    );
    assert_eq!(refused, Err(Refusal::SenderConstrained.into()));
}

#[test]
fn claims_that_can_be_read_in_two_ways_are_refused() {
    let good = claims().to_string();
    let inner = good.strip_prefix('{').unwrap();
    let texts = [
        format!(r#"{{"sub":"admin",{inner}"#),
        format!(r#"{{"s\u0075b":"admin",{inner}"#),
        format!(r#"{{"x":{{"a":1,"a":2}},{inner}"#),
        format!(r#"{{"x":1e400000,{inner}"#),
        format!("{good} x"),
        format!("[{good}]"),
    ];
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    for text in texts {
        let input = format!("{}.{}", encode(hs256().to_string()), encode(&text));
        let token = format!("{input}.{}", encode(hmac::sign(&key, input.as_bytes())));
        assert!(judge(&token, &by_secret()).is_err(), "{text}");
    }
}

#[test]
fn a_secret_that_can_be_guessed_or_is_a_public_key_is_no_secret() {
    let made = |secret: &[u8]| {
        SharedSecret::of("k".parse().unwrap(), &Secret::new(secret.to_vec())).map(drop)
    };
    assert_eq!(made(b"secret"), Err(NotASharedSecret::Length));
    assert_eq!(made(&[7; 31]), Err(NotASharedSecret::Length));
    assert_eq!(made(&[7; 32]), Err(NotASharedSecret::Trivial));
    assert_eq!(made(&[7; 1025]), Err(NotASharedSecret::Length));
    assert!(made(SECRET.as_bytes()).is_ok());
    let jwk = Signer::new(Algorithm::Es256).jwk().to_string();
    let keys: [&[u8]; 4] = [
        b"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
        b"\n  -----BEGIN CERTIFICATE-----\nMIIB0000000000000000000000",
        b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBw7",
        jwk.as_bytes(),
    ];
    for key in keys {
        assert_eq!(made(key), Err(NotASharedSecret::AKey));
    }
    assert_eq!(format!("{:?}", shared(SECRET)), "SharedSecret(iss-1)");
}

#[test]
fn a_token_of_ours_is_none_of_theirs_and_theirs_none_of_ours() {
    let ours = crate::stage::mint(&crate::stage::claims());
    assert_eq!(claimed_issuer(ours.as_bytes()).as_deref(), Ok(OUR_ISSUER));
    let signer = Signer::new(Algorithm::Es256);
    let trust = by_keys(&[named(&signer, "k")], &[Algorithm::Es256]);
    assert!(judge(&ours, &trust).is_err());
    let theirs = signer.sign(
        &json!({ "alg": "ES256", "kid": "k", "typ": "at+jwt" }),
        &claims(),
    );
    assert_eq!(claimed_issuer(theirs.as_bytes()).as_deref(), Ok(THEIRS));
    assert!(judge_ours(&theirs).is_err());
    // Theirs that claim to be ours.
    let lying = signer.sign(
        &json!({ "alg": "ES256", "kid": "k", "typ": "at+jwt" }),
        &claims_with("iss", json!(OUR_ISSUER)),
    );
    assert!(judge_ours(&lying).is_err());
    assert_eq!(judge(&lying, &trust), Err(OutsideRefusal::Issuer));
}

#[test]
fn what_is_larger_than_any_token_is_not_looked_at() {
    let long = claims_with("pad", json!("x".repeat(8000)));
    let refused = judge(&script(SECRET.as_bytes(), &hs256(), &long), &by_secret());
    assert!(matches!(
        refused,
        Err(OutsideRefusal::Form(Refusal::TooLarge { .. }))
    ));
    let wide = json!({ "alg": "HS256", "pad": "x".repeat(2000) });
    let refused = judge(&script(SECRET.as_bytes(), &wide, &claims()), &by_secret());
    assert!(matches!(
        refused,
        Err(OutsideRefusal::Form(Refusal::HeaderTooLarge { .. }))
    ));
}

proptest! {
    #[test]
    fn no_bytes_panic_or_pass(bytes: Vec<u8>) {
        prop_assert!(verify(&bytes, &by_secret(), at(NOW)).is_err());
        let _ = claimed_issuer(&bytes);
    }

    #[test]
    fn one_changed_byte_of_a_good_token_is_refused(place in 0_usize..300, with in b'-'..=b'z') {
        let token = script(SECRET.as_bytes(), &hs256(), &claims()).into_bytes();
        let place = place % token.len();
        prop_assume!(token[place] != with);
        let mut changed = token;
        changed[place] = with;
        prop_assert!(verify(&changed, &by_secret(), at(NOW)).is_err());
    }
}
