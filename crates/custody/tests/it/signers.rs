//! Signing keys in a hardware module, under one contract for every algorithm: what they sign, their public half verifies with
//! another library.

use aws_lc_rs::{
    rsa::PublicKeyComponents,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, EcdsaVerificationAlgorithm,
        RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    },
};
use cryptoki::{
    mechanism::Mechanism,
    object::{Attribute, ObjectClass},
};
use gatewright_custody::{HolderError, Libraries, Module, ModuleSigner, PublicHalf, Scheme};
use gatewright_domain::secret::Secret;
use std::fs;

use crate::token::{Ran, module as library, session, tokens, with_token};

const INPUT: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.e30";

async fn module(libraries: &Libraries) -> Module {
    let uri = format!(
        "pkcs11:token=gatewright;object=any?module-path={}",
        library().display()
    );
    let uri: gatewright_custody::ObjectUri = uri.parse().unwrap();
    let pin = Secret::new("1234".to_owned());
    Module::open(libraries, uri.token(), pin).await.unwrap()
}

/// Whether the public half verifies, and the signature has the one length it may have.
fn verifies(scheme: Scheme, half: &PublicHalf, input: &[u8], signature: &[u8]) -> bool {
    let ecdsa = |how: &'static EcdsaVerificationAlgorithm, x: &[u8], y: &[u8]| {
        let point = [&[4], x, y].concat();
        UnparsedPublicKey::new(how, point)
            .verify(input, signature)
            .is_ok()
    };
    let length = match half {
        PublicHalf::Point { x, y } => x.len() + y.len(),
        PublicHalf::Edwards(_) => 64,
        PublicHalf::Rsa { n, .. } => n.len(),
    };
    let good = match (scheme, half) {
        (Scheme::Es256, PublicHalf::Point { x, y }) => ecdsa(&ECDSA_P256_SHA256_FIXED, x, y),
        (Scheme::Es384, PublicHalf::Point { x, y }) => ecdsa(&ECDSA_P384_SHA384_FIXED, x, y),
        (Scheme::EdDsa, PublicHalf::Edwards(x)) => UnparsedPublicKey::new(&ED25519, x)
            .verify(input, signature)
            .is_ok(),
        (Scheme::Rs256, PublicHalf::Rsa { n, e }) => PublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, input, signature)
            .is_ok(),
        (Scheme::Ps256, PublicHalf::Rsa { n, e }) => PublicKeyComponents { n, e }
            .verify(&RSA_PSS_2048_8192_SHA256, input, signature)
            .is_ok(),
        (scheme, half) => panic!("{scheme} and {half:?}"),
    };
    good && signature.len() == length
}

#[tokio::test]
async fn a_signing_key_of_every_algorithm_keeps_the_contract() {
    if with_token("signers::a_signing_key_of_every_algorithm_keeps_the_contract") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    for (number, scheme) in (1..).zip(Scheme::ALL) {
        let id = [number; 16];
        let (made, half) = ModuleSigner::generate(&module, scheme, &id).await.unwrap();
        let signature = made.sign(INPUT).await.unwrap();
        assert!(verifies(scheme, &half, INPUT, &signature), "{scheme}");
        assert!(
            !verifies(scheme, &half, b"something else", &signature),
            "{scheme}"
        );
        // The same key after a restart, and the same again for whoever asks twice.
        let bound = ModuleSigner::bind(&module, scheme, &id, &half)
            .await
            .unwrap();
        let signature = bound.sign(INPUT).await.unwrap();
        assert!(verifies(scheme, &half, INPUT, &signature), "{scheme}");
        let (_, again) = ModuleSigner::generate(&module, scheme, &id).await.unwrap();
        assert_eq!(again, half, "no second key is made under one id");
    }
}

#[tokio::test]
async fn a_private_key_cannot_be_read_out() {
    if with_token("signers::a_private_key_cannot_be_read_out") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    ModuleSigner::generate(&module, Scheme::Es256, &[1; 16])
        .await
        .unwrap();
    let session = session();
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(vec![1; 16]),
    ];
    let [key] = session.find_objects(&template).unwrap()[..] else {
        panic!("there is one");
    };
    let asked = [cryptoki::object::AttributeType::Value];
    let value = session.get_attributes(key, &asked).unwrap();
    assert!(value.is_empty(), "{} attributes", value.len());
}

#[tokio::test]
async fn two_keys_of_one_id_are_never_chosen_between_and_another_key_is_refused() {
    let name = "signers::two_keys_of_one_id_are_never_chosen_between_and_another_key_is_refused";
    if with_token(name) == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    let (one, half) = ModuleSigner::generate(&module, Scheme::Es256, &[1; 16])
        .await
        .unwrap();
    let (_, other) = ModuleSigner::generate(&module, Scheme::Es256, &[2; 16])
        .await
        .unwrap();
    let refused = ModuleSigner::bind(&module, Scheme::Es256, &[1; 16], &other).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("another key under this id"), "{refused}");
    // Somebody makes a second pair under the id and label of the first.
    let oid = vec![0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let public = [
        Attribute::Token(true),
        Attribute::EcParams(oid),
        Attribute::Id(vec![1; 16]),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Sign(true),
        Attribute::Id(vec![1; 16]),
    ];
    session()
        .generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
        .unwrap();
    for refused in [
        one.sign(INPUT).await.unwrap_err(),
        ModuleSigner::bind(&module, Scheme::Es256, &[1; 16], &half)
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(refused, HolderError::Refused { .. }), "{refused}");
        assert!(
            refused.to_string().contains("2 keys under the id"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_module_that_goes_away_signs_again_when_it_is_back() {
    if with_token("signers::a_module_that_goes_away_signs_again_when_it_is_back") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    let (signer, half) = ModuleSigner::generate(&module, Scheme::Es256, &[1; 16])
        .await
        .unwrap();
    let (there, away) = (tokens(), tokens().with_extension("away"));
    fs::rename(&there, &away).unwrap();
    let gone = signer.sign(INPUT).await.unwrap_err();
    assert!(matches!(gone, HolderError::Away { .. }), "{gone}");
    fs::rename(&away, &there).unwrap();
    let signature = signer.sign(INPUT).await.unwrap();
    assert!(verifies(Scheme::Es256, &half, INPUT, &signature));
}

#[tokio::test]
async fn many_sign_at_once() {
    if with_token("signers::many_sign_at_once") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    let (signer, half) = ModuleSigner::generate(&module, Scheme::EdDsa, &[1; 16])
        .await
        .unwrap();
    let mut signing = tokio::task::JoinSet::new();
    for number in 0..64_u8 {
        let signer = signer.clone();
        signing.spawn(async move { (number, signer.sign(&[number]).await.unwrap()) });
    }
    let mut signed = 0;
    while let Some(done) = signing.join_next().await {
        let (number, signature) = done.unwrap();
        assert!(verifies(Scheme::EdDsa, &half, &[number], &signature));
        signed += 1;
    }
    assert_eq!(signed, 64);
}
