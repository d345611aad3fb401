//! Snapshots: never backwards, kept on disk, and trusted only as the control plane signed them.

use std::fs;

use gatewright_domain::{id::InstallationId, snapshot::Snapshot};
use gatewright_gateway::watch::OfferError;

use crate::town::{Town, start};

fn revision(snapshot: &Snapshot, epoch: u64, revision: u64) -> Snapshot {
    Snapshot {
        epoch,
        revision,
        ..snapshot.clone()
    }
}

#[test]
fn a_revision_never_goes_backwards_within_an_epoch() {
    let town = Town::new();
    let (gateway, snapshot) = (town.handle(), &town.snapshot);
    assert!(gateway.offer(revision(snapshot, 1, 7)).is_ok());
    let refused = gateway
        .offer(revision(snapshot, 1, 6))
        .expect_err("an older one");
    assert_eq!(
        refused,
        OfferError::Backwards {
            offered: (1, 6),
            in_force: (1, 7)
        }
    );
    let again = gateway.offer(revision(snapshot, 1, 7)).expect("the same");
    assert_eq!(Some(again), *gateway.applied().borrow());
    assert!(
        gateway.offer(revision(snapshot, 2, 3)).is_ok(),
        "a restore raises the epoch"
    );
    assert!(gateway.offer(revision(snapshot, 1, 99)).is_err());
}

#[test]
fn a_snapshot_of_another_shape_or_installation_is_not_taken() {
    let town = Town::new();
    let mut other = revision(&town.snapshot, 1, 9);
    other.schema = 99;
    assert_eq!(town.handle().offer(other), Err(OfferError::Schema(99)));
    let mut other = revision(&town.snapshot, 1, 9);
    other.installation = InstallationId::from_uuid(uuid::Uuid::from_u128(5));
    assert!(matches!(
        town.handle().offer(other),
        Err(OfferError::OtherInstallation { .. })
    ));
}

#[test]
fn whoever_waits_is_told_what_is_in_force() {
    let gateway = start(&Default::default(), |_| {});
    let applied = gateway.applied();
    assert!(applied.borrow().is_none());
    let town = Town::new();
    gateway
        .offer(revision(&town.snapshot, 1, 4))
        .expect("a snapshot");
    assert!(applied.has_changed().expect("a gateway"));
    let in_force = applied.borrow().expect("a snapshot");
    assert_eq!((in_force.epoch, in_force.revision), (1, 4));
}

mod on_disk {
    use std::path::Path;

    use base64::{Engine, engine::general_purpose::STANDARD};
    use gatewright_gateway::last_good::LastGood;
    use gatewright_token::detached::DocumentKey;
    use tempfile::TempDir;

    use super::*;
    use crate::town::{Mint, snapshot};

    struct Shelf {
        directory: TempDir,
        key: DocumentKey,
        snapshot: Snapshot,
    }

    impl Shelf {
        /// Three generations, revisions 1 to 3.
        fn new() -> Self {
            let shelf = Self {
                directory: tempfile::tempdir().expect("a directory"),
                key: DocumentKey::open(&DocumentKey::generate().expect("a key")).expect("a key"),
                snapshot: snapshot("http://127.0.0.1:9", vec![Mint::new().listed()]),
            };
            for number in 1..=3 {
                shelf.put(
                    &name(number),
                    &shelf.file(&revision(&shelf.snapshot, 1, number), &shelf.key),
                );
            }
            shelf
        }

        /// The file as the protocol page describes it.
        fn file(&self, snapshot: &Snapshot, key: &DocumentKey) -> Vec<u8> {
            let bytes = serde_json::to_vec(snapshot).expect("JSON");
            let signature = STANDARD.encode(key.sign(&bytes));
            [
                format!("gatewright-snapshot/1\n{signature}\n").into_bytes(),
                bytes,
            ]
            .concat()
        }

        fn put(&self, name: &str, bytes: &[u8]) {
            fs::write(self.directory.path().join(name), bytes).expect("a file");
        }

        fn read(&self, name: &str) -> Vec<u8> {
            fs::read(self.directory.path().join(name)).expect("a file")
        }

        fn loaded(&self) -> Option<u64> {
            let pinned = self.key.pinned().expect("a key");
            let shelf = LastGood::open(self.directory.path(), pinned).expect("a shelf");
            shelf.load().map(|snapshot| snapshot.revision)
        }
    }

    fn name(revision: u64) -> String {
        format!("{:020}-{revision:020}.snapshot", 1)
    }

    #[test]
    fn the_newest_whole_generation_is_loaded() {
        assert_eq!(Shelf::new().loaded(), Some(3));
    }

    #[test]
    fn a_damaged_generation_falls_back_to_the_one_before() {
        let shelf = Shelf::new();
        let whole = shelf.read(&name(3));
        for place in (0..whole.len()).step_by(whole.len() / 200) {
            let mut damaged = whole.clone();
            damaged[place] ^= 4;
            shelf.put(&name(3), &damaged);
            assert_eq!(shelf.loaded(), Some(2), "byte {place}");
        }
        for length in [0, 1, 30, 100, 200, whole.len() / 2, whole.len() - 1] {
            shelf.put(&name(3), &whole[..length]);
            assert_eq!(shelf.loaded(), Some(2), "{length} bytes");
        }
        shelf.put(&name(3), &vec![0; whole.len()]);
        shelf.put(&name(2), b"");
        assert_eq!(shelf.loaded(), Some(1));
    }

    #[test]
    fn what_somebody_else_signed_is_not_loaded() {
        let shelf = Shelf::new();
        let stranger = DocumentKey::open(&DocumentKey::generate().expect("a key")).expect("a key");
        shelf.put(
            &name(9),
            &shelf.file(&revision(&shelf.snapshot, 1, 9), &stranger),
        );
        assert_eq!(shelf.loaded(), Some(3));
    }

    #[test]
    fn a_name_says_nothing_about_age() {
        let shelf = Shelf::new();
        let (old, new) = (shelf.read(&name(1)), shelf.read(&name(3)));
        shelf.put(&name(3), &old);
        shelf.put(&name(1), &new);
        assert_eq!(shelf.loaded(), Some(3));
        shelf.put(&name(8), &old);
        assert_eq!(shelf.loaded(), Some(3));
    }

    #[test]
    fn a_later_shape_is_left_to_later_programs() {
        let shelf = Shelf::new();
        let later = Snapshot {
            schema: 2,
            revision: 9,
            ..shelf.snapshot.clone()
        };
        shelf.put(&name(9), &shelf.file(&later, &shelf.key));
        assert_eq!(shelf.loaded(), Some(3));
    }

    #[test]
    fn an_empty_shelf_gives_nothing_and_not_an_empty_snapshot() {
        let directory = tempfile::tempdir().expect("a directory");
        let key = DocumentKey::open(&DocumentKey::generate().expect("a key")).expect("a key");
        let at: &Path = directory.path();
        let shelf = LastGood::open(&at.join("new"), key.pinned().expect("a key")).expect("a shelf");
        assert!(shelf.load().is_none());
    }
}
