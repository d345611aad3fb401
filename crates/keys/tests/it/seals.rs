//! A sealed secret opens with its own key in its own place, and nowhere else.

use gatewright_domain::{key::Sealed, secret::Secret};
use gatewright_keys::{Kek, Place, SealError};
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

fn seal(place: &Place<'_>, secret: &[u8]) -> Sealed {
    let secret = Secret::new(secret.to_vec());
    kek(1).seal(place, &secret, &SeededEntropy::new(9)).unwrap()
}

fn open(kek: &Kek, place: &Place<'_>, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
    let secret = kek.open(place, sealed)?;
    Ok(secret.lend(Clone::clone))
}

#[test]
fn a_sealed_secret_opens_in_its_place() {
    let sealed = seal(&PLACE, b"private");
    assert_eq!(open(&kek(1), &PLACE, &sealed).unwrap(), b"private");
    assert!(!sealed.record.windows(7).any(|part| part == b"private"));
}

#[test]
fn another_key_is_named_and_not_tried() {
    let sealed = seal(&PLACE, b"private");
    let (needed, given) = (kek(1).id().to_owned(), kek(2).id().to_owned());
    let refused = open(&kek(2), &PLACE, &sealed).unwrap_err();
    assert_eq!(refused, SealError::OtherKek { needed, given });
    let claimed = Sealed {
        kek: kek(2).id().to_owned(),
        ..sealed
    };
    assert_eq!(
        open(&kek(2), &PLACE, &claimed).unwrap_err(),
        SealError::Altered
    );
}

#[test]
fn a_record_moved_to_any_other_place_does_not_open() {
    let sealed = seal(&PLACE, b"private");
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
            open(&kek(1), &place, &sealed).unwrap_err(),
            SealError::Altered,
            "{place:?}"
        );
    }
}

#[test]
fn two_records_do_not_change_places_nor_an_older_one_come_back() {
    let other = Place {
        row: "key_2",
        ..PLACE
    };
    let (one, two) = (seal(&PLACE, b"one"), seal(&other, b"two"));
    assert_eq!(open(&kek(1), &PLACE, &two).unwrap_err(), SealError::Altered);
    assert_eq!(open(&kek(1), &other, &one).unwrap_err(), SealError::Altered);
    let next = Place {
        version: 2,
        ..PLACE
    };
    assert_eq!(open(&kek(1), &next, &one).unwrap_err(), SealError::Altered);
}

#[test]
fn one_changed_bit_anywhere_is_noticed() {
    let sealed = seal(&PLACE, b"private");
    for at in 0..sealed.record.len() {
        let mut altered = sealed.clone();
        altered.record[at] ^= 1;
        assert!(open(&kek(1), &PLACE, &altered).is_err(), "byte {at}");
    }
    for length in 0..sealed.record.len() {
        let record = sealed.record[..length].to_vec();
        let cut = Sealed {
            record,
            ..sealed.clone()
        };
        assert!(open(&kek(1), &PLACE, &cut).is_err(), "{length} bytes");
    }
}

#[test]
fn no_two_records_are_alike() {
    let secret = || Secret::new(b"private".to_vec());
    let dice = SeededEntropy::new(9);
    let one = kek(1).seal(&PLACE, &secret(), &dice).unwrap();
    let two = kek(1).seal(&PLACE, &secret(), &dice).unwrap();
    assert_ne!(one.record, two.record);
}
