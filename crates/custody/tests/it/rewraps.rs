//! Secrets come under another key-encryption key without being touched, and records of the first format still open.

use gatewright_custody::{Kek, Keks, Place, SealError};
use gatewright_domain::{kek::Rewrap, key::Sealed, secret::Secret};
use gatewright_testkit::entropy::SeededEntropy;

const PLACE: Place<'static> = Place {
    installation: "inst_1",
    table: "signing_keys",
    row: "key_1",
    purpose: "access",
    kid: "kid-1",
    algorithm: "ES256",
    version: 1,
};

/// Sealed by a release that wrote the first format: the key of seed 1, the secret `private`, in `PLACE`.
const OLD_RECORD: &str = "010101f7c25c966098d92a1930de9d80cf5551bb190018ad2a129180cca49ab4a3cfbddd86ec38696e4a85e33f54b47429b7d275c5ba1bb86c0b72379b3ba5f8cfee0637f699488847ba39a19276a570c530cab07de38e2d9fa78060aa6d51a0e1";

fn kek(seed: u64) -> Kek {
    Kek::draw(&SeededEntropy::new(seed))
}

fn old() -> Sealed {
    Sealed {
        kek: kek(1).id().to_owned(),
        record: hex::decode(OLD_RECORD).unwrap(),
    }
}

async fn opened(keks: &Keks, sealed: &Sealed) -> Vec<u8> {
    let secret = keks.open(&PLACE, sealed).await.unwrap();
    secret.lend(Clone::clone)
}

#[tokio::test]
async fn a_record_of_the_first_format_opens_and_moves_into_the_second() {
    let keks = Keks::new(kek(2), vec![kek(1)]);
    assert_eq!(opened(&keks, &old()).await, b"private");
    let dice = SeededEntropy::new(9);
    let moved = keks.rewrap(&PLACE, &old(), Rewrap::DataKeys, &dice).await;
    let moved = moved.unwrap();
    assert_eq!((moved.kek.as_str(), moved.record[0]), (kek(2).id(), 2));
    assert_eq!(opened(&keks, &moved).await, b"private");
}

#[tokio::test]
async fn a_moved_record_holds_the_same_ciphertext_unless_a_fresh_data_key_is_asked_for() {
    let dice = SeededEntropy::new(9);
    let secret = Secret::new(b"private".to_vec());
    let sealed = kek(1).seal(&PLACE, &secret, &dice).await.unwrap();
    let keks = Keks::new(kek(2), vec![kek(1)]);
    // Nonce, seven bytes and tag.
    let tail = |sealed: &Sealed| sealed.record[sealed.record.len() - 35..].to_vec();
    let moved = keks.rewrap(&PLACE, &sealed, Rewrap::DataKeys, &dice).await;
    assert_eq!(tail(&moved.unwrap()), tail(&sealed));
    let anew = keks.rewrap(&PLACE, &sealed, Rewrap::FreshDataKeys, &dice);
    assert_ne!(tail(&anew.await.unwrap()), tail(&sealed));
}

#[tokio::test]
async fn what_does_not_open_is_not_carried_over() {
    let dice = SeededEntropy::new(9);
    let secret = Secret::new(b"private".to_vec());
    let sealed = kek(1).seal(&PLACE, &secret, &dice).await.unwrap();
    let keks = Keks::new(kek(2), vec![kek(1)]);
    for at in 0..sealed.record.len() {
        let mut altered = sealed.clone();
        altered.record[at] ^= 1;
        let moved = keks.rewrap(&PLACE, &altered, Rewrap::DataKeys, &dice).await;
        assert!(moved.is_err(), "byte {at}");
    }
    let elsewhere = Place {
        version: 2,
        ..PLACE
    };
    let moved = keks.rewrap(&elsewhere, &sealed, Rewrap::DataKeys, &dice);
    assert_eq!(moved.await.unwrap_err(), SealError::Altered);
}

#[tokio::test]
async fn a_record_under_a_key_that_is_not_known_names_it() {
    let dice = SeededEntropy::new(9);
    let keks = Keks::new(kek(2), vec![kek(3)]);
    let refused = keks.rewrap(&PLACE, &old(), Rewrap::DataKeys, &dice).await;
    let refused = refused.unwrap_err();
    assert_eq!(
        refused,
        SealError::OtherKek {
            needed: kek(1).id().to_owned(),
            given: keks.names(),
        }
    );
    assert!(keks.names().contains(kek(3).id()));
}

#[tokio::test]
async fn what_rests_under_a_retired_key_opens_no_more() {
    let dice = SeededEntropy::new(9);
    let keks = Keks::new(kek(2), vec![kek(1)]);
    keks.retire(kek(1).id());
    let retired = SealError::Retired {
        kek: kek(1).id().to_owned(),
    };
    assert_eq!(keks.open(&PLACE, &old()).await.unwrap_err(), retired);
    let moved = keks.rewrap(&PLACE, &old(), Rewrap::DataKeys, &dice).await;
    assert_eq!(moved.unwrap_err(), retired);
}
