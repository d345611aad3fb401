//! Key-encryption keys: rotated with proof, rewrapped whatever happens meanwhile, retired when nothing needs them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use gatewright_custody::{Keks, Place};
use gatewright_domain::{
    kek::{KekId, KekMoveError, Rewrap, SETTLING},
    key::Sealed,
    ring::Haste,
    secret::Secret,
    time::Clock,
};
use gatewright_keys::{KekError, KekUseError, Keys};
use tokio::sync::Notify;

use crate::town::{Town, admin, job, kek, security, wish};

fn id(seed: u64) -> KekId {
    kek(seed).id().parse().unwrap()
}

/// A server that is given the keys of these seeds, the first as `kek`.
async fn server(town: &Town, first: u64, others: &[u64]) -> Keys {
    let others = others.iter().map(|seed| kek(*seed)).collect();
    town.second_server(Keks::new(kek(first), others)).await
}

/// Secrets under the key of seed 1, beside those of the ring.
async fn keep_secrets(town: &Town, count: u32) {
    let installation = town.store.reader().installation().await.unwrap().id;
    let installation = installation.to_string();
    for number in 0..count {
        let name = format!("sample-{number:04}");
        let secret = Secret::new(name.clone().into_bytes());
        let place = place(&installation, &name);
        let sealed = kek(1).seal(&place, &secret, &*town.entropy).await.unwrap();
        let now = town.clock.now();
        town.store
            .keep_sealed_secret(&name, sealed, now)
            .await
            .unwrap();
    }
}

fn place<'a>(installation: &'a str, name: &'a str) -> Place<'a> {
    Place {
        installation,
        table: "sealed_secrets",
        row: name,
        purpose: name,
        kid: "",
        algorithm: "",
        version: 1,
    }
}

async fn sample(town: &Town, number: u32) -> Sealed {
    let name = format!("sample-{number:04}");
    town.store.sealed_secret(&name).await.unwrap().unwrap()
}

async fn all_samples_open(town: &Town, seed: u64, count: u32) {
    let installation = town.store.reader().installation().await.unwrap().id;
    let installation = installation.to_string();
    for number in 0..count {
        let name = format!("sample-{number:04}");
        let place = place(&installation, &name);
        let opened = kek(seed).open(&place, &sample(town, number).await).await;
        assert_eq!(opened.unwrap().lend(Clone::clone), name.as_bytes());
    }
}

async fn under(town: &Town) -> BTreeMap<String, u64> {
    town.store.sealed_under().await.unwrap()
}

#[tokio::test]
async fn a_rotation_leaves_nothing_under_the_old_key_and_every_secret_opens() {
    for town in Town::both().await {
        town.keys.snapshot_public_key().await.unwrap();
        let size = town.revision().await;
        let both = server(&town, 1, &[2]).await;
        let rotated = both.rotate_kek(&admin(), &id(2), Rewrap::DataKeys).await;
        let rotated = rotated.unwrap();
        assert_eq!((rotated.active, rotated.superseded), (id(2), Some(id(1))));
        let moved = both.rewrap(|_| {}).await.unwrap();
        assert_eq!((moved.moved, moved.met, moved.stuck.len()), (7, 0, 0));
        assert_eq!(under(&town).await, BTreeMap::from([(id(2).to_string(), 7)]));
        let events = town.events(size).await;
        assert_eq!(events, ["kek.add", "kek.supersede", "kek.activate"]);
        // From here on the new one is enough.
        let new = server(&town, 2, &[]).await;
        new.check_kek().await.unwrap();
        new.snapshot_public_key().await.unwrap();
        let issued = new.issue(&admin(), &town.handle(), wish(&[], 600)).await;
        let text = issued.unwrap().text.lend(Clone::clone);
        assert!(town.keys.verify(&text).await.is_ok());
    }
}

#[tokio::test]
async fn what_is_written_during_a_rewrap_goes_to_the_new_key() {
    for town in Town::both().await {
        let both = server(&town, 1, &[2]).await;
        both.rotate_kek(&security(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        let haste = Haste::Because("drill".parse().unwrap());
        both.rotate(&admin(), haste).await.unwrap();
        let rows = under(&town).await;
        assert_eq!(
            rows.get(id(2).as_str()),
            Some(&1),
            "the fresh standby: {rows:?}"
        );
    }
}

#[tokio::test]
async fn a_rewrap_that_is_stopped_half_way_goes_on_on_another_server() {
    for town in Town::both().await {
        keep_secrets(&town, 250).await;
        let one = server(&town, 1, &[2]).await;
        let two = server(&town, 1, &[2]).await;
        one.rotate_kek(&admin(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        let half_way = Arc::new(Notify::new());
        let told = Arc::clone(&half_way);
        tokio::select! {
            biased;
            () = half_way.notified() => {}
            _ = one.rewrap(|_| told.notify_one()) => panic!("it was not stopped"),
        }
        let rows = under(&town).await;
        assert!(
            rows[id(1).as_str()] > 0 && rows[id(2).as_str()] > 0,
            "{rows:?}"
        );
        two.rotate(&admin(), Haste::Because("meanwhile".parse().unwrap()))
            .await
            .unwrap();
        let moved = two.rewrap(|_| {}).await.unwrap();
        assert!(moved.stuck.is_empty(), "{:?}", moved.stuck);
        assert_eq!(
            under(&town).await,
            BTreeMap::from([(id(2).to_string(), 256)])
        );
        all_samples_open(&town, 2, 250).await;
    }
}

#[tokio::test]
async fn two_servers_rewrap_at_once_and_nothing_is_lost() {
    for town in Town::both().await {
        keep_secrets(&town, 120).await;
        let (one, two) = (server(&town, 1, &[2]).await, server(&town, 1, &[2]).await);
        one.rotate_kek(&admin(), &id(2), Rewrap::FreshDataKeys)
            .await
            .unwrap();
        let (a, b) = tokio::join!(one.rewrap(|_| {}), two.rewrap(|_| {}));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a.moved + b.moved, 126, "each row moves once");
        assert_eq!(
            under(&town).await,
            BTreeMap::from([(id(2).to_string(), 126)])
        );
        all_samples_open(&town, 2, 120).await;
    }
}

#[tokio::test]
async fn fresh_data_keys_leave_no_old_ciphertext() {
    for town in Town::both().await {
        keep_secrets(&town, 2).await;
        let tail = |sealed: &Sealed| sealed.record[sealed.record.len() - 30..].to_vec();
        let before = tail(&sample(&town, 0).await);
        let both = server(&town, 1, &[2, 3]).await;
        both.rotate_kek(&admin(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        both.rewrap(|_| {}).await.unwrap();
        assert_eq!(
            tail(&sample(&town, 0).await),
            before,
            "the secret is not touched"
        );
        both.rotate_kek(&admin(), &id(3), Rewrap::FreshDataKeys)
            .await
            .unwrap();
        both.rewrap(|_| {}).await.unwrap();
        assert_ne!(tail(&sample(&town, 0).await), before);
        all_samples_open(&town, 3, 2).await;
    }
}

#[tokio::test]
async fn a_key_is_retired_when_nothing_needs_it_and_opens_nothing_then() {
    for town in Town::both().await {
        keep_secrets(&town, 1).await;
        let old = sample(&town, 0).await;
        let both = server(&town, 1, &[2]).await;
        let refused = both.retire_kek(&admin(), &id(1)).await.unwrap_err();
        let active = KekMoveError::StillActive(id(1));
        assert!(matches!(refused, KekUseError::Move(error) if error == active));
        both.rotate_kek(&admin(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        let early = both.retire_kek(&admin(), &id(1)).await.unwrap_err();
        assert!(matches!(
            early,
            KekUseError::Move(KekMoveError::Settling { .. })
        ));
        town.wait(SETTLING);
        let needed = both.retire_kek(&admin(), &id(1)).await.unwrap_err();
        let rows = KekMoveError::Needed { id: id(1), rows: 7 };
        assert!(matches!(needed, KekUseError::Move(error) if error == rows));
        both.rewrap(|_| {}).await.unwrap();
        both.retire_kek(&admin(), &id(1)).await.unwrap();
        both.check_kek().await.unwrap();
        // Somebody brings a row back from an old copy of the database: it stays shut, though the key is given.
        town.store
            .keep_sealed_secret("back", old, town.clock.now())
            .await
            .unwrap();
        let refused = both.check_kek().await.unwrap_err();
        assert!(
            matches!(refused, KekError::Retired { rows: 1, .. }),
            "{refused}"
        );
        assert!(both.rewrap(|_| {}).await.is_err());
        let back = both.rotate_kek(&admin(), &id(1), Rewrap::DataKeys).await;
        assert!(back.is_err(), "it never seals again");
    }
}

#[tokio::test]
async fn a_row_that_was_altered_stops_no_other_and_keeps_its_key_from_retiring() {
    for town in Town::both().await {
        keep_secrets(&town, 3).await;
        // A record that was moved here from another row.
        let (moved, now) = (sample(&town, 1).await, town.clock.now());
        town.store
            .keep_sealed_secret("sample-forged", moved, now)
            .await
            .unwrap();
        let both = server(&town, 1, &[2]).await;
        both.rotate_kek(&admin(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        let done = both.rewrap(|_| {}).await.unwrap();
        // The six keys of the rings, and three samples.
        assert_eq!(done.moved, 9);
        let stuck: Vec<&str> = done.stuck.iter().map(|(row, _)| row.as_str()).collect();
        assert_eq!(stuck, ["sealed_secrets sample-forged"]);
        town.wait(SETTLING);
        let needed = both.retire_kek(&admin(), &id(1)).await.unwrap_err();
        assert!(matches!(
            needed,
            KekUseError::Move(KekMoveError::Needed { rows: 1, .. })
        ));
    }
}

#[tokio::test]
async fn a_server_without_the_active_key_says_where_to_put_it() {
    for town in Town::both().await {
        let both = server(&town, 1, &[2]).await;
        both.rotate_kek(&admin(), &id(2), Rewrap::DataKeys)
            .await
            .unwrap();
        let (active, given) = (id(2), id(1));
        let refused = town.keys.ensure_ring(&job()).await.unwrap_err().to_string();
        let expected = format!(
            "the active key-encryption key is {active}, and given is {given}; \
             add its source to the setting `kek_others` (no new key is made in its place)"
        );
        assert_eq!(refused, expected);
        let refused = both.rotate_kek(&admin(), &id(3), Rewrap::DataKeys).await;
        assert!(matches!(refused.unwrap_err(), KekUseError::NotGiven { .. }));
    }
}

#[tokio::test]
async fn a_key_is_made_known_once_and_shown_with_what_rests_under_it() {
    for town in Town::both().await {
        let added = town.keys.add_kek(&security(), &kek(2)).await.unwrap();
        let again = town.keys.add_kek(&security(), &kek(2)).await.unwrap_err();
        assert!(matches!(again, KekUseError::Known(id) if id == added));
        let both = server(&town, 1, &[2, 3]).await;
        both.ask_keks().await;
        let shown = both.keks().await.unwrap();
        let facts: BTreeSet<_> = shown
            .iter()
            .map(|row| (row.id.clone(), row.state.as_str(), row.rows, row.given))
            .collect();
        let expected = BTreeSet::from([
            (id(1).to_string(), "active", 6, true),
            (id(2).to_string(), "known", 0, true),
            (id(3).to_string(), "given", 0, true),
        ]);
        assert_eq!(facts, expected);
        assert!(shown.iter().all(|row| {
            row.health
                .as_ref()
                .is_some_and(|health| health.failure.is_none())
        }));
    }
}
