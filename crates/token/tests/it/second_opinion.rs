//! jsonwebtoken as a second opinion: it must accept whatever we accept, and what it refuses for its signature we refuse.

use gatewright_token::{corpus::Corpus, jwk::PublicJwk, ring::VerifierRing, verify::verify};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode,
    jwk::{Jwk, ThumbprintHash},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::stage::{PKCS8, claims, good_claims, judge, key, kid, mint};

const CORPUS: &[u8] = include_bytes!("../vectors/hostile-tokens.json");

/// Whether jsonwebtoken finds a good signature of this key; claims and times are left to us.
fn signed(token: &str, jwk: &PublicJwk) -> bool {
    let algorithm: Algorithm = jwk.algorithm().name().parse().unwrap();
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let jwk: Jwk = serde_json::from_str(&jwk.to_json()).unwrap();
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    decode::<Value>(token, &key, &validation).is_ok()
}

/// Whether jsonwebtoken finds that the key signed this, whatever it says.
pub(crate) fn agrees(key: &PublicJwk, message: &str, signature: &str) -> bool {
    let algorithm: Algorithm = key.algorithm().name().parse().unwrap();
    let jwk: Jwk = serde_json::from_str(&key.to_json()).unwrap();
    let decoding = DecodingKey::from_jwk(&jwk).unwrap();
    jsonwebtoken::crypto::verify(signature, message.as_bytes(), &decoding, algorithm).unwrap()
}

#[test]
fn it_accepts_every_token_of_the_corpus_that_we_accept() {
    let corpus = Corpus::read(CORPUS).unwrap();
    let ring = VerifierRing::of(&corpus.keys).unwrap();
    let mut accepted = 0;
    for case in &corpus.cases {
        let verified = verify(case.token.as_bytes(), &ring, &corpus.policy(), corpus.now);
        if let Ok(verified) = verified {
            let key = corpus
                .keys
                .iter()
                .find(|key| Some(&key.kid) == verified.facts().kid.as_ref());
            assert!(
                signed(&case.token, &key.unwrap().jwk.parse().unwrap()),
                "{}",
                case.id
            );
            accepted += 1;
        }
    }
    assert!(accepted >= 11, "{accepted} tokens were compared");
}

#[test]
fn it_names_keys_as_we_do() {
    let corpus = Corpus::read(CORPUS).unwrap();
    for key in &corpus.keys {
        let ours: PublicJwk = key.jwk.parse().unwrap();
        let theirs: Jwk = serde_json::from_str(&key.jwk).unwrap();
        assert_eq!(
            theirs.thumbprint(ThumbprintHash::SHA256).unwrap(),
            ours.thumbprint()
        );
    }
}

#[test]
fn it_reads_what_we_mint_and_we_read_what_it_mints() {
    assert!(signed(&mint(&claims()), key().public()));
    let mut header = Header::new(Algorithm::ES256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(kid());
    let claims: Value = serde_json::from_str(&good_claims()).unwrap();
    let encoding = EncodingKey::from_ec_der(&crate::stage::decode(PKCS8));
    let token = encode(&header, &claims, &encoding).unwrap();
    assert!(judge(token).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_it_refuses_we_refuse(at in 0_usize..400, byte in proptest::char::range('!', '~')) {
        let mut token: Vec<char> = mint(&claims()).chars().collect();
        let place = at % token.len();
        token[place] = byte;
        let token: String = token.into_iter().collect();
        if judge(&token).is_ok() {
            prop_assert!(signed(&token, key().public()));
        }
    }
}
