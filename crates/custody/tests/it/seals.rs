//! A sealed secret opens with its own key in its own place, and nowhere else.

use gatewright_custody::{Kek, Place, SealError};
use gatewright_domain::{key::Sealed, secret::Secret};
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

fn kek(seed: u64) -> Kek {
    Kek::draw(&SeededEntropy::new(seed))
}

async fn seal(place: &Place<'_>, secret: &[u8]) -> Sealed {
    let secret = Secret::new(secret.to_vec());
    kek(1)
        .seal(place, &secret, &SeededEntropy::new(9))
        .await
        .unwrap()
}

async fn open(kek: &Kek, place: &Place<'_>, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
    let secret = kek.open(place, sealed).await?;
    Ok(secret.lend(Clone::clone))
}

#[tokio::test]
async fn a_sealed_secret_opens_in_its_place() {
    let sealed = seal(&PLACE, b"private").await;
    assert_eq!(open(&kek(1), &PLACE, &sealed).await.unwrap(), b"private");
    assert!(!sealed.record.windows(7).any(|part| part == b"private"));
}

#[tokio::test]
async fn another_key_is_named_and_not_tried() {
    let sealed = seal(&PLACE, b"private").await;
    let (needed, given) = (kek(1).id().to_owned(), kek(2).id().to_owned());
    let refused = open(&kek(2), &PLACE, &sealed).await.unwrap_err();
    assert_eq!(refused, SealError::OtherKek { needed, given });
    let claimed = Sealed {
        kek: kek(2).id().to_owned(),
        ..sealed
    };
    assert_eq!(
        open(&kek(2), &PLACE, &claimed).await.unwrap_err(),
        SealError::Altered
    );
}

#[tokio::test]
async fn a_record_moved_to_any_other_place_does_not_open() {
    let sealed = seal(&PLACE, b"private").await;
    let elsewhere = [
        Place {
            installation: "inst_2",
            ..PLACE
        },
        Place {
            table: "sealed_secrets",
            ..PLACE
        },
        Place {
            row: "key_2",
            ..PLACE
        },
        Place {
            purpose: "snapshot",
            ..PLACE
        },
        Place {
            kid: "kid-2",
            ..PLACE
        },
        Place {
            algorithm: "RS256",
            ..PLACE
        },
        Place {
            version: 2,
            ..PLACE
        },
        // The same letters, cut at another place.
        Place {
            row: "key_1a",
            purpose: "ccess",
            ..PLACE
        },
    ];
    for place in elsewhere {
        assert_eq!(
            open(&kek(1), &place, &sealed).await.unwrap_err(),
            SealError::Altered,
            "{place:?}"
        );
    }
}

#[tokio::test]
async fn two_records_do_not_change_places_nor_an_older_one_come_back() {
    let other = Place {
        row: "key_2",
        ..PLACE
    };
    let (one, two) = (seal(&PLACE, b"one").await, seal(&other, b"two").await);
    assert_eq!(
        open(&kek(1), &PLACE, &two).await.unwrap_err(),
        SealError::Altered
    );
    assert_eq!(
        open(&kek(1), &other, &one).await.unwrap_err(),
        SealError::Altered
    );
    let next = Place {
        version: 2,
        ..PLACE
    };
    assert_eq!(
        open(&kek(1), &next, &one).await.unwrap_err(),
        SealError::Altered
    );
}

#[tokio::test]
async fn one_changed_bit_anywhere_is_noticed() {
    let sealed = seal(&PLACE, b"private").await;
    for at in 0..sealed.record.len() {
        let mut altered = sealed.clone();
        altered.record[at] ^= 1;
        assert!(open(&kek(1), &PLACE, &altered).await.is_err(), "byte {at}");
    }
    for length in 0..sealed.record.len() {
        let record = sealed.record[..length].to_vec();
        let cut = Sealed {
            record,
            ..sealed.clone()
        };
        assert!(open(&kek(1), &PLACE, &cut).await.is_err(), "{length} bytes");
    }
}

#[tokio::test]
async fn no_two_records_are_alike() {
    let secret = || Secret::new(b"private".to_vec());
    let dice = SeededEntropy::new(9);
    let one = kek(1).seal(&PLACE, &secret(), &dice).await.unwrap();
    let two = kek(1).seal(&PLACE, &secret(), &dice).await.unwrap();
    assert_ne!(one.record, two.record);
}
