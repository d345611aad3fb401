//! Keys in a hardware module: the contract, what is not chosen between, and a module that goes away.

use std::fs;

use cryptoki::object::Attribute;
use gatewright_custody::{HolderError, SourceError};

use crate::{
    contract,
    sources::open,
    token::{Ran, address, make_key, session, tokens, with_token},
};

#[tokio::test]
async fn a_key_in_a_hardware_module_keeps_the_contract() {
    if with_token("hardware::a_key_in_a_hardware_module_keeps_the_contract") == Ran::InAChild {
        return;
    }
    let session = session();
    make_key(&session, "one", 1, &[]);
    make_key(&session, "two", 2, &[]);
    let (one, two) = (address("one"), address("two"));
    let other = open(&two).await.unwrap();
    assert_eq!(other.source(), "pkcs11");
    contract::holds(async || open(&one).await.unwrap(), other).await;
}

#[tokio::test]
async fn two_keys_of_one_label_are_never_chosen_between() {
    if with_token("hardware::two_keys_of_one_label_are_never_chosen_between") == Ran::InAChild {
        return;
    }
    let session = session();
    make_key(&session, "kek", 1, &[]);
    make_key(&session, "kek", 2, &[]);
    let refused = open(&address("kek")).await.unwrap_err().to_string();
    assert!(
        refused.contains("2 secret keys of this label; say which with id=%NN"),
        "{refused}"
    );
    let exact = address("kek;id=%02");
    let kek = open(&exact).await.unwrap();
    let one = open(&address("kek;id=%01")).await.unwrap();
    assert_ne!(kek.id(), one.id());
    // A third that appears later under the same label and id is noticed when the key is used.
    make_key(&session, "kek", 2, &[]);
    let refused = kek.health().await.unwrap_err();
    assert!(matches!(refused, HolderError::Refused { .. }), "{refused}");
}

#[tokio::test]
async fn a_key_that_is_not_fit_is_refused_with_what_to_make() {
    if with_token("hardware::a_key_that_is_not_fit_is_refused_with_what_to_make") == Ran::InAChild {
        return;
    }
    let session = session();
    make_key(&session, "short", 1, &[Attribute::ValueLen(16.into())]);
    make_key(&session, "loose", 2, &[Attribute::Extractable(true)]);
    let cases = [
        ("short", "shorter than 256 bits"),
        ("loose", "it can be read out of the token"),
        ("gone", "the token has no such key"),
    ];
    for (label, why) in cases {
        let refused = open(&address(label)).await.unwrap_err();
        assert!(matches!(refused, SourceError::Unfit { .. }), "{label}");
        assert!(refused.to_string().contains(why), "{refused}");
    }
    let elsewhere = address("short").replace("gatewright", "another");
    let refused = open(&elsewhere).await.unwrap_err().to_string();
    assert!(refused.contains("no such token"), "{refused}");
    let nowhere = "pkcs11:token=t;object=k?module-path=/nowhere.so";
    let refused = open(nowhere).await.unwrap_err().to_string();
    assert!(refused.contains("could not be loaded"), "{refused}");
}

#[tokio::test]
async fn a_module_that_goes_away_is_away_and_comes_back() {
    if with_token("hardware::a_module_that_goes_away_is_away_and_comes_back") == Ran::InAChild {
        return;
    }
    make_key(&session(), "kek", 1, &[]);
    let kek = open(&address("kek")).await.unwrap();
    let (there, away) = (tokens(), tokens().with_extension("away"));
    fs::rename(&there, &away).unwrap();
    let refused = kek.health().await.unwrap_err();
    assert_ne!(refused, HolderError::Altered, "being away is not a forgery");
    fs::rename(&away, &there).unwrap();
    kek.health().await.unwrap();
}
