//! P08: a server whose clock is not that of the others signs nothing until it is.

use std::error::Error;

use gatewright_testkit::database::Engine;

use crate::town::{Town, admin, wish};

/// Why nothing is signed; nothing when it is.
async fn why(town: &Town) -> String {
    let issued = town
        .keys
        .issue(&admin(), &town.handle(), wish(&[], 600))
        .await;
    let Err(error) = issued else {
        return String::new();
    };
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

#[tokio::test]
async fn p08_a_server_whose_clock_is_off_leaves_the_signers_until_it_agrees() {
    for town in Town::both().await {
        assert_eq!(why(&town).await, "", "nothing was compared yet");
        let ahead = town.keys.compare_clocks().await.unwrap();
        if town.url().engine() == Engine::Sqlite {
            assert_eq!(ahead, None, "there is one clock only");
            assert_eq!(why(&town).await, "");
            continue;
        }
        // The clock of the tests stands far from the server's.
        assert!(ahead.unwrap().unsigned_abs() > 3_600_000, "{ahead:?}");
        let off = why(&town).await;
        assert!(off.contains("differs from the database's by"), "{off}");
        let theirs = town.store.reader().clock().await.unwrap();
        town.clock.set(theirs.unwrap());
        let ahead = town.keys.compare_clocks().await.unwrap();
        assert!(ahead.unwrap().unsigned_abs() < 10_000, "{ahead:?}");
        // Now it is the keys that are of another time.
        let behind = why(&town).await;
        assert!(!behind.contains("differs from the database's"), "{behind}");
    }
}
