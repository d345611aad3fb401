//! DPoP proofs: for this method, this address, this token, now; and a key that shows nothing private.

use gatewright_domain::key::Algorithm;
use gatewright_token::{
    jwk::{NotAJwk, PublicJwk},
    proof::{
        ALGORITHMS, Demands, Freshness, MAX_PROOF_BYTES, Newness, Proof, ProofRefusal, Target,
        access_token_hash, verify,
    },
    refusal::{ClaimFault, Refusal},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    signer::Signer,
    stage::{NOW, at, decode, encode, judge as judge_token},
};

const HTU: &str = "https://api.gatewright.test/orders/v1/items";
const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

fn header(signer: &Signer) -> Value {
    json!({ "typ": "dpop+jwt", "alg": signer.algorithm.name(), "jwk": signer.jwk() })
}

fn claims() -> Value {
    json!({ "jti": "p-1", "htm": "POST", "htu": HTU, "iat": NOW, "ath": access_token_hash(TOKEN) })
}

fn judge_fresh(proof: &str, freshness: Freshness<'_>) -> Result<Proof, ProofRefusal> {
    let demands = Demands {
        method: "POST",
        target: &HTU.parse().unwrap(),
        access_token: Some(TOKEN),
        freshness,
    };
    verify(proof.as_bytes(), &demands, at(NOW))
}

fn judge(proof: &str) -> Result<Proof, ProofRefusal> {
    judge_fresh(proof, Freshness::Clock)
}

fn of_header(name: &str, value: impl Into<Value>) -> Result<(), ProofRefusal> {
    let signer = Signer::new(Algorithm::Es256);
    let mut header = header(&signer);
    header[name] = value.into();
    judge(&signer.sign(&header, &claims())).map(drop)
}

fn of_claim(name: &str, value: impl Into<Value>) -> Result<(), ProofRefusal> {
    let (signer, mut claims) = (Signer::new(Algorithm::EdDsa), claims());
    let value = value.into();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    judge(&signer.sign(&header(&signer), &claims)).map(drop)
}

fn claim(claim: &'static str, fault: ClaimFault) -> Result<(), ProofRefusal> {
    Err(ProofRefusal::Form(Refusal::Claim { claim, fault }))
}

#[test]
fn a_proof_of_every_algorithm_gives_the_thumbprint_of_its_key() {
    for algorithm in ALGORITHMS {
        let signer = Signer::new(algorithm);
        let proof = judge(&signer.sign(&header(&signer), &claims())).unwrap();
        let mut jwk = signer.jwk();
        for (name, value) in [("kid", "k"), ("use", "sig"), ("alg", algorithm.name())] {
            jwk[name] = value.into();
        }
        let key: PublicJwk = jwk.to_string().parse().unwrap();
        assert_eq!(proof.thumbprint().as_str(), key.thumbprint());
        assert_eq!((proof.jti(), proof.issued()), ("p-1", at(NOW)));
        assert_eq!(proof.remember_until(), at(NOW + 60));
    }
}

#[test]
fn the_proof_of_the_rfc_holds() {
    // RFC 9449 section 7.1, figure 13.
    let proof = concat!(
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMz",
        "R0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFq",
        "SG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwia",
        "HRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIs",
        "ImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVF",
        "FbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhA",
        "JpLjA"
    );
    let demands = Demands {
        method: "GET",
        target: &"https://resource.example.org/protectedresource"
            .parse()
            .unwrap(),
        access_token: Some(TOKEN),
        freshness: Freshness::Clock,
    };
    let proof = verify(proof.as_bytes(), &demands, at(1_562_262_618)).unwrap();
    let jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    assert_eq!(proof.thumbprint().as_str(), jkt);
}

#[test]
fn a_proof_is_no_other_kind_of_token_nor_the_other_way_round() {
    assert_eq!(of_header("typ", "application/DPoP+JWT"), Ok(()));
    for kind in ["JWT", "at+jwt", "dpop", ""] {
        assert_eq!(of_header("typ", kind), Err(ProofRefusal::Type), "{kind}");
    }
    let signer = Signer::new(Algorithm::Es256);
    let proof = signer.sign(&header(&signer), &claims());
    assert_eq!(judge_token(proof), Err(Refusal::HeaderMember("jwk")));
}

#[test]
fn only_asymmetric_algorithms_of_the_key_prove_anything() {
    for alg in ["none", "HS256", "RS512", "ES256K", "es256"] {
        assert_eq!(of_header("alg", alg), Err(ProofRefusal::Algorithm), "{alg}");
    }
    assert_eq!(
        of_header("alg", "ES384"),
        Err(ProofRefusal::Key(NotAJwk::Type))
    );
    assert_eq!(
        of_header("alg", "RS256"),
        Err(ProofRefusal::Key(NotAJwk::Type))
    );
    let other = Signer::new(Algorithm::Es256).jwk();
    assert_eq!(of_header("jwk", other), Err(ProofRefusal::Signature));
}

#[test]
fn a_key_with_a_private_member_is_refused_though_it_signed_well() {
    let signer = Signer::new(Algorithm::Es256);
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut header = header(&signer);
        header["jwk"][name] = Value::Null;
        let refused = judge(&signer.sign(&header, &claims()));
        assert_eq!(refused, Err(ProofRefusal::Key(NotAJwk::Private(name))));
    }
}

#[test]
fn a_key_is_written_canonically_and_for_signatures() {
    let signer = Signer::new(Algorithm::Rs256);
    let of = |name: &str, value: Value| {
        let mut header = header(&signer);
        header["jwk"][name] = value;
        judge(&signer.sign(&header, &claims())).map(drop)
    };
    let refused = |cause| Err(ProofRefusal::Key(cause));
    let jwk = signer.jwk();
    let n = jwk["n"].as_str().unwrap();
    let zero = encode([&[0][..], &decode(n)].concat());
    assert_eq!(of("n", json!(zero)), refused(NotAJwk::Number("n")));
    assert_eq!(
        of("n", json!(format!("{n}="))),
        refused(NotAJwk::Number("n"))
    );
    assert_eq!(of("e", json!("AAEAAQ")), refused(NotAJwk::Number("e")));
    assert_eq!(of("alg", json!("PS256")), refused(NotAJwk::Algorithm));
    assert_eq!(of("alg", json!("RS256")), Ok(()));
    assert_eq!(of("use", json!("enc")), refused(NotAJwk::NotForSignatures));
    assert_eq!(
        of("key_ops", json!(["sign"])),
        refused(NotAJwk::NotForSignatures)
    );
    assert_eq!(of("kid", json!(5)), Ok(()), "its name is of no interest");
    assert_eq!(of_header("jwk", "text"), refused(NotAJwk::Missing("jwk")));
    assert_eq!(
        of_header("jwk", Value::Null),
        refused(NotAJwk::Missing("jwk"))
    );
}

#[test]
fn a_header_that_brings_more_than_a_key_is_refused() {
    for name in ["crit", "jku", "x5u", "x5c", "b64", "zip", "enc", "cty"] {
        let refused = ProofRefusal::Form(Refusal::HeaderMember(name));
        assert_eq!(of_header(name, Value::Null), Err(refused));
    }
}

#[test]
fn it_is_for_this_method_and_address() {
    for method in ["GET", "post", "POST ", ""] {
        assert_eq!(
            of_claim("htm", method),
            Err(ProofRefusal::Method),
            "{method}"
        );
    }
    assert_eq!(of_claim("htm", 1), claim("htm", ClaimFault::Type));
    for same in [
        "HTTPS://API.gatewright.test/orders/v1/items",
        "https://api.gatewright.test:443/orders/v1/items",
        "https://api.gatewright.test/orders/v1/%69tems",
    ] {
        assert_eq!(of_claim("htu", same), Ok(()), "{same}");
    }
    for other in [
        "https://api.gatewright.test/orders/v1/items?a=b",
        "https://api.gatewright.test/orders/v1/items#a",
        "https://api.gatewright.test/orders/v1/items/",
        "https://api.gatewright.test/orders/v1/Items",
        "http://api.gatewright.test/orders/v1/items",
        "https://api.gatewright.test:8443/orders/v1/items",
        "https://evil.test/orders/v1/items",
        "https://user@api.gatewright.test/orders/v1/items",
        "/orders/v1/items",
        "",
    ] {
        assert_eq!(of_claim("htu", other), Err(ProofRefusal::Target), "{other}");
    }
}

#[test]
fn it_is_made_within_a_minute_or_with_a_nonce_of_ours() {
    for second in [NOW - 60, NOW + 60] {
        assert_eq!(of_claim("iat", second), Ok(()));
    }
    for second in [NOW - 120, NOW - 61, NOW + 61, NOW + 120] {
        assert_eq!(of_claim("iat", second), Err(ProofRefusal::Time(at(second))));
    }
    assert_eq!(
        of_claim("iat", Value::Null),
        claim("iat", ClaimFault::Missing)
    );
    assert_eq!(
        of_claim("iat", json!("now")),
        claim("iat", ClaimFault::Type)
    );

    let signer = Signer::new(Algorithm::Es256);
    let with = |nonce: Value, ours: &[&str]| {
        let mut claims = claims();
        (claims["nonce"], claims["iat"]) = (nonce, (NOW - 900).into());
        let proof = signer.sign(&header(&signer), &claims);
        judge_fresh(&proof, Freshness::Nonce(ours)).map(drop)
    };
    assert_eq!(with(json!("n-2"), &["n-3", "n-2"]), Ok(()));
    assert_eq!(
        with(json!("n-1"), &["n-3", "n-2"]),
        Err(ProofRefusal::Nonce)
    );
    assert_eq!(with(json!("n-1"), &[]), Err(ProofRefusal::Nonce));
    assert_eq!(with(json!(1), &["1"]), claim("nonce", ClaimFault::Type));
    let either = |nonce: Option<&str>, iat: i64| {
        let mut claims = claims();
        claims["iat"] = iat.into();
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let proof = signer.sign(&header(&signer), &claims);
        let judged = judge_fresh(&proof, Freshness::NonceOrClock(&["n-3", "n-2"]));
        judged.map(|proof| proof.newness())
    };
    assert_eq!(either(None, NOW), Ok(Newness::Time));
    assert_eq!(either(Some("n-3"), NOW - 900), Ok(Newness::Nonce));
    assert_eq!(
        either(Some("n-1"), NOW),
        Err(ProofRefusal::Nonce),
        "a stale one"
    );
    assert_eq!(
        either(None, NOW - 61),
        Err(ProofRefusal::Time(at(NOW - 61)))
    );
    let bare = signer.sign(&header(&signer), &claims());
    let judged = judge_fresh(&bare, Freshness::Nonce(&["n-1"])).unwrap_err();
    assert_eq!(
        (judged, judged.error()),
        (ProofRefusal::Nonce, "use_dpop_nonce")
    );
}

#[test]
fn it_is_for_the_token_that_comes_with_it() {
    let other = access_token_hash("another");
    assert_eq!(of_claim("ath", other), Err(ProofRefusal::AccessToken));
    assert_eq!(of_claim("ath", Value::Null), Err(ProofRefusal::AccessToken));
    assert_eq!(of_claim("ath", TOKEN), Err(ProofRefusal::AccessToken));
    assert_eq!(ProofRefusal::AccessToken.error(), "invalid_dpop_proof");
}

#[test]
fn a_large_proof_is_refused_before_it_is_read() {
    let large = "x".repeat(10_240);
    let (length, max) = (10_240, MAX_PROOF_BYTES);
    assert_eq!(
        judge(&large),
        Err(ProofRefusal::Form(Refusal::TooLarge { length, max }))
    );
}

#[test]
fn two_proofs_have_one_name_only_when_key_and_jti_are_the_same() {
    let [mine, yours] = [(); 2].map(|()| Signer::new(Algorithm::Es256));
    let name = |signer: &Signer, jti: &str| {
        let mut claims = claims();
        claims["jti"] = jti.into();
        judge(&signer.sign(&header(signer), &claims))
            .unwrap()
            .replay_name()
    };
    assert_eq!(
        name(&mine, "a"),
        name(&mine, "a"),
        "whatever the signature, which differs"
    );
    assert_ne!(name(&mine, "a"), name(&mine, "b"));
    assert_ne!(name(&mine, "a"), name(&yours, "a"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_is_noticed(at in 0_usize..2000, byte in proptest::char::range('\0', '~')) {
        let signer = Signer::new(Algorithm::EdDsa);
        let good = signer.sign(&header(&signer), &claims());
        let mut text: Vec<char> = good.chars().collect();
        let place = at % text.len();
        text[place] = byte;
        let text: String = text.into_iter().collect();
        prop_assert_eq!(judge(&text).is_ok(), text == good);
    }

    #[test]
    fn a_target_is_its_own_form(text in "https?://[a-zA-Z.]{1,8}(:[0-9]{1,4})?(/[a-zA-Z0-9%._~-]{0,5}){0,3}") {
        if let Ok(target) = text.parse::<Target>() {
            prop_assert_eq!(target.to_string().parse(), Ok(target));
        }
    }
}
