//! The key-encryption key is checked before anything is opened or made.

use gatewright_domain::{ring::Haste, time::Clock};
use gatewright_keys::{KekError, RingUseError};
use gatewright_store::quiet::rewraps::SealedAt;

use crate::town::{Town, admin, job, kek, wish};

#[tokio::test]
async fn the_wrong_key_is_refused_with_what_would_stay_shut() {
    for town in Town::both().await {
        let before = town.revision().await;
        let blind = town.second_server(kek(2)).await;
        let refused = blind.ensure_ring(&job()).await.unwrap_err();
        let (needed, given) = (kek(1).id().to_owned(), kek(2).id().to_owned());
        let expected = format!(
            "6 secrets are sealed in the database under {needed}, but the key-encryption key given is {given}; \
             give the one they were sealed under (no new key is made in its place)"
        );
        assert_eq!(refused.to_string(), expected);
        assert_eq!(town.revision().await, before, "no new key is made");
    }
}

#[tokio::test]
async fn the_right_key_opens_what_another_server_sealed() {
    for town in Town::both().await {
        let second = town.second_server(kek(1)).await;
        second.check_kek().await.unwrap();
        second.ensure_ring(&job()).await.unwrap();
        let issued = second
            .issue(&admin(), &town.handle(), wish(&[], 600))
            .await
            .unwrap();
        let text = issued.text.lend(Clone::clone);
        assert!(town.keys.verify(&text).await.is_ok());
    }
}

#[tokio::test]
async fn an_empty_database_takes_any_key_until_something_is_sealed() {
    for town in Town::without_rings().await {
        town.second_server(kek(2)).await.check_kek().await.unwrap();
        town.keys.ensure_ring(&job()).await.unwrap();
        let refused = town
            .second_server(kek(2))
            .await
            .check_kek()
            .await
            .unwrap_err();
        assert!(
            matches!(refused, KekError::Other { rows: 6, .. }),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_check_value_of_somewhere_else_is_noticed() {
    for town in Town::without_rings().await {
        let now = town.clock.now();
        town.store
            .keep_kek_check(kek(1).id(), "file", vec![1; 110], now)
            .await
            .unwrap();
        let refused = town.keys.ensure_ring(&job()).await.unwrap_err();
        assert!(matches!(
            refused,
            RingUseError::Kek(KekError::Mismatch { rows: 0, .. })
        ));
    }
}

#[tokio::test]
async fn a_key_that_stays_shut_is_never_replaced() {
    for town in Town::both().await {
        let blind = town.second_server(kek(2)).await;
        assert!(
            blind
                .issue(&admin(), &town.handle(), wish(&[], 600))
                .await
                .is_err()
        );
        let before = town.store.reader().signing_keys().await.unwrap();
        assert!(blind.ensure_ring(&job()).await.is_err());
        let haste = Haste::Because("drill".parse().unwrap());
        let refused = blind.rotate(&admin(), haste).await.unwrap_err();
        assert!(
            matches!(refused, RingUseError::Kek(KekError::Other { .. })),
            "{refused}"
        );
        assert!(blind.snapshot_public_key().await.is_err());
        assert_eq!(town.store.reader().signing_keys().await.unwrap(), before);
    }
}

/// Gives each key the private part of the next one: what somebody can do who writes to the database.
async fn exchange_private_parts(town: &Town) -> usize {
    let mut rows = town
        .store
        .sealed_elsewhere("none", None, 100)
        .await
        .unwrap();
    rows.retain(|row| matches!(row.at, SealedAt::SigningKey { .. }));
    for (row, next) in rows.iter().zip(rows.iter().cycle().skip(1)) {
        town.store
            .swap_sealed(row, next.sealed.clone())
            .await
            .unwrap();
    }
    rows.len()
}

#[tokio::test]
async fn keys_whose_private_parts_changed_places_are_suspended_and_others_take_over() {
    for town in Town::both().await {
        assert_eq!(
            town.keys.suspend_shut(&job()).await.unwrap(),
            [],
            "all is well"
        );
        let count = exchange_private_parts(&town).await;
        let size = town.revision().await;
        let server = town.second_server(kek(1)).await;
        assert!(server.check_signer().await.is_err());
        assert!(
            server.suspend_shut(&admin()).await.is_err(),
            "the server's alone"
        );
        let suspended = server.suspend_shut(&job()).await.unwrap();
        assert_eq!(suspended.len(), count);
        let events = town.events(size).await;
        let set_aside = events
            .iter()
            .filter(|event| *event == "signing-key.suspend");
        assert_eq!(set_aside.count(), count, "{events:?}");
        let signs = server.check_signer().await.unwrap();
        assert!(!suspended.contains(&signs));
        assert_eq!(server.suspend_shut(&job()).await.unwrap(), []);
    }
}
