//! Minting: what leaves is what was asked for, and our own verifier reads it, in this release and in later ones.

use gatewright_domain::{
    key::{Algorithm, Purpose},
    secret::Secret,
    snapshot::{VerificationKey, VerificationState},
};
use gatewright_token::{
    claims::{AccessClaims, StatusPlace},
    mint::{self, DocumentType, KeyFault, MintError, PrivateKey},
    refusal::{ClaimFault, Refusal},
    ring::VerifierRing,
    verify::verify,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{
    AUDIENCE, ISSUER, NOW, PKCS8, at, claims, decode, judge, key, kid, mint as token_of,
};

/// A token that was minted once and must stay readable by every later release. Never change this file; add another.
const MINTED: &str = include_str!("../vectors/minted-1.json");

fn parts(token: &str) -> (String, Value) {
    let mut parts = token.split('.');
    let header = String::from_utf8(decode(parts.next().unwrap())).unwrap();
    let claims = serde_json::from_slice(&decode(parts.next().unwrap())).unwrap();
    (header, claims)
}

#[test]
fn a_header_says_three_things_and_nothing_else() {
    let (header, _) = parts(&token_of(&claims()));
    assert_eq!(
        header,
        format!(r#"{{"alg":"ES256","typ":"at+jwt","kid":"{}"}}"#, kid())
    );
}

#[test]
fn claims_are_those_of_the_specification() {
    let (_, written) = parts(&token_of(&claims()));
    let expected = json!({
        "iss": ISSUER, "sub": "c_9f2", "aud": AUDIENCE, "client_id": "c_9f2", "iat": NOW - 60, "exp": NOW + 240,
        "jti": "abcdefghijklmnopqrstuv", "scope": "orders:v1:read orders:v1:write",
    });
    assert_eq!(written, expected);
    let audience = vec![AUDIENCE.to_owned(), "b".to_owned()];
    let (not_before, session) = (Some(at(NOW - 60)), Some("f_1".to_owned()));
    let full = AccessClaims {
        audience,
        not_before,
        session,
        scopes: vec![],
        actors: vec!["c_b".to_owned(), "c_c".to_owned()],
        signed_in: Some(at(NOW - 90)),
        status: Some(StatusPlace {
            idx: 7,
            uri: "https://id.gatewright.test/lists/1".to_owned(),
        }),
        ..claims()
    };
    let verified = judge(token_of(&full)).unwrap();
    assert_eq!(verified.actors(), full.actors);
    let (_, written) = parts(&token_of(&full));
    let act = json!({ "sub": "c_b", "act": { "sub": "c_c" } });
    assert_eq!(written["act"], act);
    assert_eq!(written["auth_time"], NOW - 90);
    assert_eq!(written["aud"], json!([AUDIENCE, "b"]));
    assert_eq!(written["nbf"], NOW - 60);
    assert_eq!(written["sid"], "f_1");
    let listed =
        json!({ "status_list": { "idx": 7, "uri": "https://id.gatewright.test/lists/1" } });
    assert_eq!(written["status"], listed);
    assert_eq!(written.get("scope"), None);
}

#[test]
fn what_is_minted_verifies_as_what_was_asked_for() {
    let verified = judge(token_of(&claims())).unwrap();
    assert_eq!(verified.facts().jti.as_str(), claims().jti);
    assert_eq!(verified.facts().client_id.as_str(), claims().client_id);
    assert_eq!(verified.facts().kid.as_ref().unwrap().as_str(), kid());
    assert_eq!(verified.facts().scopes, claims().scopes);
    assert_eq!(verified.facts().audience, claims().audience);
    assert_eq!(
        (verified.facts().issued, verified.facts().expires),
        (claims().issued, claims().expires)
    );
    assert_eq!(
        (
            verified.subject(),
            verified.session(),
            verified.not_before()
        ),
        ("c_9f2", None, None)
    );
}

#[test]
fn a_token_that_would_be_refused_is_not_signed() {
    let refused = |claims: AccessClaims| match key().sign(&claims) {
        Err(MintError::Refused(Refusal::Claim { claim, fault })) => (claim, fault),
        other => panic!("{other:?}"),
    };
    let (sub, jti) = (String::new(), "a b".to_owned());
    assert_eq!(
        refused(AccessClaims {
            subject: sub,
            ..claims()
        }),
        ("sub", ClaimFault::Identifier)
    );
    assert_eq!(
        refused(AccessClaims { jti, ..claims() }),
        ("jti", ClaimFault::Identifier)
    );
    assert_eq!(
        refused(AccessClaims {
            audience: vec![],
            ..claims()
        }),
        ("aud", ClaimFault::Empty)
    );
    let scopes = vec!["two words".to_owned(), String::new()];
    assert_eq!(
        refused(AccessClaims { scopes, ..claims() }),
        ("scope", ClaimFault::Scope)
    );
    let scopes = (0..800).map(|at| format!("orders:v1:{at}")).collect();
    let large = key().sign(&AccessClaims { scopes, ..claims() });
    assert!(matches!(large, Err(MintError::TooLarge { .. })));
}

#[test]
fn a_new_key_opens_under_its_own_name_only() {
    let new = mint::generate(Algorithm::Es256).unwrap();
    let opened = PrivateKey::open(Algorithm::Es256, &new.private, new.public.kid()).unwrap();
    assert_eq!(opened.public(), &new.public);
    assert_eq!(new.public.kid().as_str(), new.public.thumbprint());
    let other = PrivateKey::open(Algorithm::Es256, &new.private, &kid().parse().unwrap());
    assert_eq!(other.err(), Some(KeyFault::AnotherKey));
}

/// A fresh key of an algorithm, and what verifiers know of it.
fn fresh(algorithm: Algorithm, purpose: Purpose) -> (PrivateKey, VerifierRing) {
    let new = mint::generate(algorithm).unwrap();
    let key = PrivateKey::open(algorithm, &new.private, new.public.kid()).unwrap();
    let from = at(NOW - 3600);
    let listed = VerificationKey {
        kid: new.public.kid().clone(),
        jwk: new.public.to_json(),
        purpose,
        max_lifetime: None,
        state: VerificationState::Signed { from, until: None },
    };
    (key, VerifierRing::of(&[listed]).unwrap())
}

#[test]
fn every_algorithm_signs_what_our_verifier_and_another_library_accept() {
    for algorithm in Algorithm::ALL {
        let (key, ring) = fresh(algorithm, Purpose::Access);
        assert_eq!(key.public().algorithm(), algorithm);
        let token = key.sign(&claims()).unwrap().lend(Clone::clone);
        verify(token.as_bytes(), &ring, &crate::stage::policy(), at(NOW)).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let length = match algorithm {
            Algorithm::Es256 | Algorithm::EdDsa => 64,
            Algorithm::Es384 => 96,
            Algorithm::Rs256 | Algorithm::Ps256 => 256,
        };
        assert_eq!(decode(signature).len(), length, "{algorithm}");
        assert!(
            crate::second_opinion::agrees(key.public(), signed, signature),
            "{algorithm}"
        );
    }
}

#[test]
fn a_private_key_opens_for_its_own_algorithm_only() {
    for algorithm in Algorithm::ALL {
        let new = mint::generate(algorithm).unwrap();
        for other in Algorithm::ALL
            .into_iter()
            .filter(|other| *other != algorithm)
        {
            // An RSA key serves both paddings, and its thumbprint does not tell them apart: the ring's row does.
            let rsa = [Algorithm::Rs256, Algorithm::Ps256];
            let same_family = rsa.contains(&algorithm) && rsa.contains(&other);
            let opened = PrivateKey::open(other, &new.private, new.public.kid());
            assert_eq!(opened.is_ok(), same_family, "{algorithm} as {other}");
        }
    }
}

#[test]
fn a_document_of_another_kind_is_no_access_token() {
    for kind in [DocumentType::Introspection, DocumentType::StatusList] {
        let (key, ring) = fresh(Algorithm::Es256, Purpose::Access);
        let token = key.sign(&claims()).unwrap().lend(Clone::clone);
        let claims = decode(token.split('.').nth(1).unwrap());
        let document = key.sign_document(kind, &claims).unwrap();
        let (header, _) = parts(&document);
        assert!(header.contains(kind.typ()), "{header}");
        let refused = verify(document.as_bytes(), &ring, &crate::stage::policy(), at(NOW));
        assert_eq!(refused.unwrap_err(), Refusal::Type);
    }
}

#[test]
fn what_a_key_of_another_purpose_signed_opens_nothing() {
    for purpose in Purpose::ALL {
        let (key, ring) = fresh(Algorithm::Es256, purpose);
        let token = key.sign(&claims()).unwrap().lend(Clone::clone);
        let verified = verify(token.as_bytes(), &ring, &crate::stage::policy(), at(NOW));
        assert_eq!(verified.is_ok(), purpose.opens_apis(), "{purpose}");
    }
}

#[test]
fn a_ring_bounds_the_lives_of_its_own_tokens_only() {
    let (key, _) = fresh(Algorithm::Es256, Purpose::Access);
    let judged = |max_lifetime: u64| {
        let listed = VerificationKey {
            kid: key.public().kid().clone(),
            jwk: key.public().to_json(),
            purpose: Purpose::Access,
            max_lifetime: Some(max_lifetime.try_into().unwrap()),
            state: VerificationState::Signed {
                from: at(NOW - 3600),
                until: None,
            },
        };
        let ring = VerifierRing::of(&[listed]).unwrap();
        let token = key.sign(&claims()).unwrap().lend(Clone::clone);
        verify(token.as_bytes(), &ring, &crate::stage::policy(), at(NOW)).map(drop)
    };
    let (issued, expires) = (claims().issued, claims().expires);
    assert_eq!(judged(300), Ok(()));
    assert_eq!(
        judged(299),
        Err(Refusal::Lifetime {
            issued,
            expires,
            max_s: 299
        })
    );
}

#[test]
fn what_is_no_private_key_does_not_open() {
    let open = |der: Vec<u8>| {
        PrivateKey::open(Algorithm::Es256, &Secret::new(der), &kid().parse().unwrap()).err()
    };
    let der = decode(PKCS8);
    for bad in [
        vec![],
        vec![0; 100],
        der[1..].to_vec(),
        der[..der.len() - 1].to_vec(),
    ] {
        assert_eq!(open(bad), Some(KeyFault::NotAPrivateKey(Algorithm::Es256)));
    }
    let ed = gatewright_token::detached::DocumentKey::generate().unwrap();
    assert_eq!(
        open(ed.lend(Vec::clone)),
        Some(KeyFault::NotAPrivateKey(Algorithm::Es256))
    );
}

#[test]
fn a_private_key_is_not_shown() {
    let new = mint::generate(Algorithm::Es256).unwrap();
    let shown = format!("{new:?}");
    assert!(shown.contains("[secret]"), "{shown}");
    assert!(!shown.contains("\"d\""), "{shown}");
}

#[test]
fn a_token_of_an_earlier_release_is_read() {
    let vector: Value = serde_json::from_str(MINTED).unwrap();
    let text = |name: &str| vector[name].as_str().unwrap();
    let private = Secret::new(decode(text("private_pkcs8")));
    let jwk = vector["jwk"].to_string();
    let key: gatewright_token::jwk::PublicJwk = jwk.parse().unwrap();
    let opened = PrivateKey::open(Algorithm::Es256, &private, key.kid()).unwrap();
    assert_eq!(opened.public(), &key);
    let ring = VerifierRing::of(&[serde_json::from_value(json!({
        "kid": key.kid(), "jwk": jwk, "state": vector["state"],
    }))
    .unwrap()]);
    let now = at(vector["now"].as_i64().unwrap());
    let verified = verify(
        text("token").as_bytes(),
        &ring.unwrap(),
        &crate::stage::policy(),
        now,
    )
    .unwrap();
    assert_eq!(verified.facts().jti.as_str(), text("jti"));
    assert_eq!(verified.facts().client_id.as_str(), text("client_id"));
    assert_eq!(
        verified.facts().scopes,
        ["orders:v1:read", "orders:v1:write"]
    );
    assert_eq!(verified.session(), Some(text("sid")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_signed_verifies(
        subject in "[!-~]{0,40}",
        jti in ".{0,30}",
        audience in proptest::collection::vec(".{0,20}", 0..4),
        scopes in proptest::collection::vec("[ !-~]{0,8}", 0..6),
        session in proptest::option::of("[!-~]{0,20}"),
        life in 1_i64..3600,
    ) {
        let mut audience = audience;
        audience.push(AUDIENCE.to_owned());
        let wish = AccessClaims {
            subject, jti, audience, scopes, session, issued: at(NOW), expires: at(NOW + life), ..claims()
        };
        if let Ok(token) = key().sign(&wish) {
            let verified = token.lend(|token| judge(token)).unwrap();
            prop_assert_eq!(verified.subject(), &wish.subject);
            prop_assert_eq!(verified.session(), wish.session.as_deref());
            prop_assert_eq!(verified.facts().scopes.join(" "), wish.scopes.join(" "));
            prop_assert_eq!(&verified.facts().audience, &wish.audience);
            prop_assert_eq!(verified.facts().jti.as_str(), &wish.jti);
        }
    }
}
