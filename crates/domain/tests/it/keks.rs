//! Key-encryption keys: one seals, and none that is needed is retired.

use gatewright_domain::{
    audit::{Change, Kind},
    kek::{KekId, KekMoveError, KeyEncryptionKey, Needs, Rewrap, SETTLING},
    revision::Revision,
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn id() -> KekId {
    "kek-0123456789ab".parse().unwrap()
}

fn stored(change: Change<KeyEncryptionKey>) -> KeyEncryptionKey {
    KeyEncryptionKey {
        revision: Revision::NEW.next(),
        ..change.after().clone()
    }
}

fn known() -> KeyEncryptionKey {
    stored(KeyEncryptionKey::add(id(), "file", vec![1], NOW))
}

fn active() -> KeyEncryptionKey {
    stored(known().activate(Rewrap::DataKeys, NOW).unwrap())
}

fn superseded() -> KeyEncryptionKey {
    stored(active().stand_down(NOW).unwrap())
}

#[test]
fn a_name_says_who_keeps_it_and_a_fingerprint() {
    for name in ["kek-0123456789ab", "hsm-ffffffffffff", "vault-000000000000"] {
        assert_eq!(name.parse::<KekId>().unwrap().as_str(), name);
    }
    for name in [
        "kek-0123456789AB",
        "kek-0123",
        "key-0123456789ab",
        "kek",
        "",
    ] {
        assert!(name.parse::<KekId>().is_err(), "{name}");
    }
}

#[test]
fn a_known_key_and_a_superseded_one_can_seal() {
    for key in [known(), superseded()] {
        let change = key.activate(Rewrap::FreshDataKeys, NOW).unwrap();
        assert_eq!(change.event().kind(), Kind::KekActivated);
        assert_eq!(change.after().state.as_str(), "active");
    }
    let refused = active().activate(Rewrap::DataKeys, NOW).unwrap_err();
    assert_eq!(refused, KekMoveError::Active(id()));
}

#[test]
fn only_the_active_key_stands_down() {
    assert!(known().stand_down(NOW).is_none());
    assert!(superseded().stand_down(NOW).is_none());
}

#[test]
fn a_key_that_is_needed_is_not_retired() {
    let later = NOW.plus(SETTLING);
    let none = Needs::default();
    assert_eq!(
        active().retire(&none, later).unwrap_err(),
        KekMoveError::StillActive(id())
    );
    let rows = Needs {
        rows: 3,
        ..Needs::default()
    };
    assert_eq!(
        superseded().retire(&rows, later).unwrap_err(),
        KekMoveError::Needed { id: id(), rows: 3 }
    );
    let backups = Needs {
        backups: vec!["2026-11-01".to_owned()],
        ..Needs::default()
    };
    let refused = superseded().retire(&backups, later).unwrap_err();
    assert!(matches!(refused, KekMoveError::NeededByBackup { .. }));
    let retired = stored(superseded().retire(&none, later).unwrap());
    assert_eq!(
        retired
            .clone()
            .activate(Rewrap::DataKeys, later)
            .unwrap_err(),
        KekMoveError::Retired(id())
    );
    assert_eq!(
        retired.retire(&none, later).unwrap_err(),
        KekMoveError::Retired(id())
    );
}

#[test]
fn a_key_settles_before_it_is_retired() {
    let almost = NOW
        .plus(SETTLING)
        .minus(std::time::Duration::from_millis(1));
    let refused = superseded().retire(&Needs::default(), almost).unwrap_err();
    assert!(
        matches!(refused, KekMoveError::Settling { .. }),
        "{refused}"
    );
    assert!(
        known().retire(&Needs::default(), NOW).is_ok(),
        "it never sealed"
    );
}
