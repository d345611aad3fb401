//! What every key-encryption key does, whoever holds it.

use gatewright_custody::{DataKey, HolderError, Kek, Keks, Place, SealError};
use gatewright_domain::{kek::Rewrap, secret::Secret};
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

/// The contract. `open` gives the same key each time, as a restart does; `other` is another key of the same source.
pub(crate) async fn holds(open: impl AsyncFn() -> Kek, other: Kek) {
    let kek = open().await;
    it_has_one_name(&kek, &open().await, &other);
    it_unwraps_what_it_wrapped(&kek, &open().await).await;
    it_unwraps_nothing_else(&kek, &other).await;
    it_seals_and_opens(&kek).await;
    kek.health().await.unwrap();
    secrets_move_under_the_other(kek, other).await;
}

fn it_has_one_name(kek: &Kek, again: &Kek, other: &Kek) {
    assert_eq!(kek.id(), again.id(), "the name stays over a restart");
    assert_ne!(kek.id(), other.id());
    assert_eq!(format!("{kek:?}"), kek.id(), "nothing but its name prints");
}

async fn it_unwraps_what_it_wrapped(kek: &Kek, again: &Kek) {
    let data_key = DataKey::new([7; 32]);
    let one = kek.wrap(&data_key, b"here").await.unwrap();
    let two = kek.wrap(&data_key, b"here").await.unwrap();
    assert_ne!(one, two, "no two are alike");
    assert!(!one.windows(32).any(|part| part == [7; 32]));
    for wrapped in [&one, &two] {
        assert_eq!(again.unwrap(wrapped, b"here").await.unwrap(), data_key);
    }
}

async fn it_unwraps_nothing_else(kek: &Kek, other: &Kek) {
    let data_key = DataKey::new([7; 32]);
    let wrapped = kek.wrap(&data_key, b"here").await.unwrap();
    for bound in [&b"there"[..], b"", b"her", b"here "] {
        let refused = kek.unwrap(&wrapped, bound).await.unwrap_err();
        assert_eq!(refused, HolderError::Altered, "bound to {bound:?}");
    }
    let refused = other.unwrap(&wrapped, b"here").await.unwrap_err();
    assert_eq!(refused, HolderError::Altered, "another key");
    for at in [0, wrapped.len() / 2, wrapped.len() - 1] {
        let mut altered = wrapped.clone();
        altered[at] ^= 1;
        let refused = kek.unwrap(&altered, b"here").await.unwrap_err();
        assert_eq!(refused, HolderError::Altered, "byte {at}");
    }
    for length in [0, 1, wrapped.len() / 2, wrapped.len() - 1] {
        let refused = kek.unwrap(&wrapped[..length], b"here").await.unwrap_err();
        assert_eq!(refused, HolderError::Altered, "{length} bytes");
    }
    // None of the failures has left it unfit.
    assert_eq!(kek.unwrap(&wrapped, b"here").await.unwrap(), data_key);
}

async fn it_seals_and_opens(kek: &Kek) {
    let secret = Secret::new(b"private".to_vec());
    let sealed = kek.seal(&PLACE, &secret, &SeededEntropy::new(1)).await;
    let sealed = sealed.unwrap();
    let opened = kek.open(&PLACE, &sealed).await.unwrap();
    assert_eq!(opened.lend(Clone::clone), b"private");
    let elsewhere = Place {
        row: "key_2",
        ..PLACE
    };
    let refused = kek.open(&elsewhere, &sealed).await.unwrap_err();
    assert_eq!(refused, SealError::Altered);
}

async fn secrets_move_under_the_other(kek: Kek, other: Kek) {
    let (old, new) = (kek.id().to_owned(), other.id().to_owned());
    let dice = SeededEntropy::new(1);
    let secret = Secret::new(b"private".to_vec());
    let sealed = kek.seal(&PLACE, &secret, &dice).await.unwrap();
    let keks = Keks::new(other, vec![kek]);
    for how in [Rewrap::DataKeys, Rewrap::FreshDataKeys] {
        let moved = keks.rewrap(&PLACE, &sealed, how, &dice).await.unwrap();
        assert_eq!((sealed.kek.as_str(), moved.kek.as_str()), (&*old, &*new));
        let opened = keks.open(&PLACE, &moved).await.unwrap();
        assert_eq!(opened.lend(Clone::clone), b"private", "{how:?}");
    }
}
