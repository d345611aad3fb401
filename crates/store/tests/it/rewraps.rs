//! A sealed row is exchanged for what it was read as, or not at all.

use gatewright_domain::key::Sealed;
use gatewright_store::StoreError;

use crate::world::{NOW, worlds};

fn sealed(kek: &str, record: u8) -> Sealed {
    Sealed {
        kek: kek.to_owned(),
        record: vec![record],
    }
}

#[tokio::test]
async fn a_secret_is_swapped_once_and_gone_through_in_order() {
    for world in worlds().await {
        for name in ["a", "b", "c"] {
            world
                .store
                .keep_sealed_secret(name, sealed("old", 1), NOW)
                .await
                .unwrap();
        }
        let rows = world
            .store
            .sealed_elsewhere("new", None, 100)
            .await
            .unwrap();
        assert!(
            rows.is_sorted_by_key(|row| &row.at) && rows.len() >= 3,
            "{rows:?}"
        );
        let next = world.store.sealed_elsewhere("new", Some(&rows[0].at), 1);
        assert_eq!(next.await.unwrap(), rows[1..2]);
        for row in &rows {
            world
                .store
                .swap_sealed(row, sealed("new", 2))
                .await
                .unwrap();
            let stale = world.store.swap_sealed(row, sealed("new", 3)).await;
            assert!(matches!(stale.unwrap_err(), StoreError::Stale));
        }
        let left = world
            .store
            .sealed_elsewhere("new", None, 100)
            .await
            .unwrap();
        assert_eq!(left, []);
    }
}
