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
use gatewright_custody::{
    HolderError, KeyHolder, Libraries, Module, ModuleSigner, PublicHalf, SigningSource,
};
use gatewright_domain::{
    key::{Algorithm, Provider},
    secret::Secret,
};
use gatewright_testkit::{
    softhsm,
    transit::{FakeTransit, Fault, Mood},
};
use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    sources::unlocking,
    token::{Ran, session, tokens, with_token},
};

const INPUT: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.e30";

async fn module(libraries: &Libraries) -> Module {
    let uri = format!(
        "pkcs11:token=gatewright;object=any?module-path={}",
        softhsm::module().unwrap().display()
    );
    let uri: gatewright_custody::ObjectUri = uri.parse().unwrap();
    let pin = Secret::new("1234".to_owned());
    Module::open(libraries, uri.token(), pin).await.unwrap()
}

/// Whether the public half verifies, and the signature has the one length it may have.
fn verifies(algorithm: Algorithm, half: &PublicHalf, input: &[u8], signature: &[u8]) -> bool {
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
    let good = match (algorithm, half) {
        (Algorithm::Es256, PublicHalf::Point { x, y }) => ecdsa(&ECDSA_P256_SHA256_FIXED, x, y),
        (Algorithm::Es384, PublicHalf::Point { x, y }) => ecdsa(&ECDSA_P384_SHA384_FIXED, x, y),
        (Algorithm::EdDsa, PublicHalf::Edwards(x)) => UnparsedPublicKey::new(&ED25519, x)
            .verify(input, signature)
            .is_ok(),
        (Algorithm::Rs256, PublicHalf::Rsa { n, e }) => PublicKeyComponents { n, e }
            .verify(&RSA_PKCS1_2048_8192_SHA256, input, signature)
            .is_ok(),
        (Algorithm::Ps256, PublicHalf::Rsa { n, e }) => PublicKeyComponents { n, e }
            .verify(&RSA_PSS_2048_8192_SHA256, input, signature)
            .is_ok(),
        (algorithm, half) => panic!("{algorithm} and {half:?}"),
    };
    good && signature.len() == length
}

fn holder(source: &str) -> KeyHolder {
    let source: SigningSource = source.parse().unwrap();
    source.open(&unlocking()).unwrap().unwrap()
}

/// The contract, whoever holds the keys. `open` gives the same holder each time, as a restart does.
async fn holds(open: impl Fn() -> KeyHolder) {
    let holder = open();
    holder.check().await.unwrap();
    for (number, algorithm) in (1..).zip(Algorithm::ALL) {
        let id = [number; 16];
        let (made, half) = holder.generate(algorithm, &id).await.unwrap();
        let signature = made.sign(INPUT).await.unwrap();
        assert!(verifies(algorithm, &half, INPUT, &signature), "{algorithm}");
        assert!(
            !verifies(algorithm, &half, b"something else", &signature),
            "{algorithm}"
        );
        // The same key after a restart, and the same again for whoever asks twice.
        let (again, key) = (open(), holder.key_of(&id));
        let bound = again.bind(algorithm, &key, &half).await.unwrap();
        let signature = bound.sign(INPUT).await.unwrap();
        assert!(verifies(algorithm, &half, INPUT, &signature), "{algorithm}");
        let (_, twice) = holder.generate(algorithm, &id).await.unwrap();
        assert_eq!(twice, half, "no second key is made under one id");
        // Another key is not taken for it.
        let (_, other) = holder
            .generate(algorithm, &[number + 100; 16])
            .await
            .unwrap();
        let refused = holder.bind(algorithm, &key, &other).await.err().unwrap();
        assert!(matches!(refused, HolderError::Refused { .. }), "{refused}");
        // What is destroyed signs no more, and may be destroyed again.
        for _ in 0..2 {
            holder.destroy(&key).await.unwrap();
        }
        assert!(made.sign(INPUT).await.is_err(), "{algorithm}");
        assert!(holder.bind(algorithm, &key, &half).await.is_err());
    }
}

#[tokio::test]
async fn a_hardware_module_keeps_the_contract_with_every_algorithm() {
    if with_token("signers::a_hardware_module_keeps_the_contract_with_every_algorithm")
        == Ran::InAChild
    {
        return;
    }
    let unlocking = unlocking();
    let source: SigningSource = softhsm::address().unwrap().parse().unwrap();
    // A module has one state for the process: every holder is opened with the same libraries.
    let open = || source.open(&unlocking).unwrap().unwrap();
    assert_eq!(open().provider(), Provider::Pkcs11);
    assert_eq!(open().to_string(), "pkcs11:gatewright");
    holds(open).await;
}

#[tokio::test]
async fn a_key_service_keeps_the_contract_with_every_algorithm() {
    let service = FakeTransit::start().unwrap();
    let open = || holder(&service.mount());
    assert_eq!(open().to_string(), "vault:transit");
    holds(open).await;
    assert_eq!(
        service.keys().len(),
        Algorithm::ALL.len(),
        "the others are destroyed"
    );
}

#[tokio::test]
async fn a_key_service_that_signs_wrongly_is_seen_through() {
    let service = FakeTransit::start().unwrap();
    let holder = holder(&service.mount());
    let cases = [
        (
            Fault::Der,
            Algorithm::Es256,
            Some("not in the form of a JWS"),
        ),
        (
            Fault::Der,
            Algorithm::Es384,
            Some("not in the form of a JWS"),
        ),
        (
            Fault::LaterVersion,
            Algorithm::EdDsa,
            Some("another version"),
        ),
        // These have the right form, and are for whoever knows the public half to refuse.
        (Fault::LongSalt, Algorithm::Ps256, None),
        (Fault::AnotherKey, Algorithm::Rs256, None),
    ];
    for (number, (fault, algorithm, words)) in (1..).zip(cases) {
        let (signer, half) = holder.generate(algorithm, &[number; 16]).await.unwrap();
        service.sign_with(Some(fault));
        match (signer.sign(INPUT).await, words) {
            (Err(HolderError::Refused { why }), Some(words)) => {
                assert!(why.contains(words), "{fault:?}: {why}");
            }
            (Ok(signature), None) => {
                assert!(!verifies(algorithm, &half, INPUT, &signature), "{fault:?}");
            }
            (other, _) => panic!("{fault:?} of {algorithm}: {other:?}"),
        }
        service.sign_with(None);
        let signature = signer.sign(INPUT).await.unwrap();
        assert!(verifies(algorithm, &half, INPUT, &signature));
    }
}

#[tokio::test]
async fn a_key_service_that_goes_away_signs_again_when_it_is_back() {
    let service = FakeTransit::start().unwrap();
    let holder = holder(&service.mount());
    let (signer, _) = holder.generate(Algorithm::Es256, &[1; 16]).await.unwrap();
    for mood in [Mood::Sealed, Mood::Babbling] {
        service.turn(mood);
        let gone = signer.sign(INPUT).await.unwrap_err();
        assert!(matches!(gone, HolderError::Away { .. }), "{gone}");
        assert!(holder.check().await.is_err());
    }
    service.turn(Mood::Well);
    signer.sign(INPUT).await.unwrap();
}

#[tokio::test]
async fn a_wrong_pin_is_tried_once() {
    if with_token("signers::a_wrong_pin_is_tried_once") == Ran::InAChild {
        return;
    }
    let mut wrong = unlocking();
    wrong.pin = Some(Secret::new("4321".to_owned()));
    let source: SigningSource = softhsm::address().unwrap().parse().unwrap();
    let holder = source.open(&wrong).unwrap().unwrap();
    for _ in 0..20 {
        let refused = holder.check().await.unwrap_err();
        assert!(
            refused.to_string().contains("the PIN is wrong"),
            "{refused}"
        );
    }
    let right = source.open(&unlocking()).unwrap().unwrap();
    right.check().await.unwrap();
}

#[tokio::test]
async fn a_private_key_cannot_be_read_out() {
    if with_token("signers::a_private_key_cannot_be_read_out") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    ModuleSigner::generate(&module, Algorithm::Es256, &[1; 16])
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
    let (one, half) = ModuleSigner::generate(&module, Algorithm::Es256, &[1; 16])
        .await
        .unwrap();
    let (_, other) = ModuleSigner::generate(&module, Algorithm::Es256, &[2; 16])
        .await
        .unwrap();
    let refused = ModuleSigner::bind(&module, Algorithm::Es256, &[1; 16], &other).await;
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
        ModuleSigner::bind(&module, Algorithm::Es256, &[1; 16], &half)
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
    let (signer, half) = ModuleSigner::generate(&module, Algorithm::Es256, &[1; 16])
        .await
        .unwrap();
    let (there, away) = (tokens(), tokens().with_extension("away"));
    fs::rename(&there, &away).unwrap();
    let gone = signer.sign(INPUT).await.unwrap_err();
    assert!(matches!(gone, HolderError::Away { .. }), "{gone}");
    fs::rename(&away, &there).unwrap();
    let signature = signer.sign(INPUT).await.unwrap();
    assert!(verifies(Algorithm::Es256, &half, INPUT, &signature));
}

/// A module numbers its sessions from one again when it begins anew: a number from before is soon somebody else's.
#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_comes_and_goes_under_load_signs_rightly_or_not_at_all() {
    let name = "signers::a_module_that_comes_and_goes_under_load_signs_rightly_or_not_at_all";
    if with_token(name) == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    let (signer, half) = ModuleSigner::generate(&module, Algorithm::Es256, &[1; 16])
        .await
        .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let mut signing = tokio::task::JoinSet::new();
    for number in 0..4_u8 {
        let (signer, stop) = (signer.clone(), Arc::clone(&stop));
        signing.spawn(async move {
            let mut signed = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                match signer.sign(&[number]).await {
                    Ok(signature) => signed.push(signature),
                    Err(gone) => assert!(matches!(gone, HolderError::Away { .. }), "{gone}"),
                }
            }
            (number, signed)
        });
    }
    let (there, away) = (tokens(), tokens().with_extension("away"));
    for pause in 0..40 {
        tokio::time::sleep(Duration::from_millis(20 + pause % 7)).await;
        fs::rename(&there, &away).unwrap();
        tokio::time::sleep(Duration::from_millis(10 + pause % 5)).await;
        fs::rename(&away, &there).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(done) = signing.join_next().await {
        let (number, signed) = done.unwrap();
        assert!(!signed.is_empty());
        for signature in signed {
            assert!(verifies(Algorithm::Es256, &half, &[number], &signature));
        }
    }
    signer.sign(INPUT).await.unwrap();
}

#[tokio::test]
async fn many_sign_at_once() {
    if with_token("signers::many_sign_at_once") == Ran::InAChild {
        return;
    }
    let libraries = Libraries::default();
    let module = module(&libraries).await;
    let (signer, half) = ModuleSigner::generate(&module, Algorithm::EdDsa, &[1; 16])
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
        assert!(verifies(Algorithm::EdDsa, &half, &[number], &signature));
        signed += 1;
    }
    assert_eq!(signed, 64);
}
