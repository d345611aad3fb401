//! The key set that others verify with.

use std::time::Duration;

use gatewright_domain::ring::Haste;
use serde_json::Value;

use crate::town::{Town, admin, kek};

fn keys(body: &str) -> Vec<Value> {
    let set: Value = serde_json::from_str(body).unwrap();
    set["keys"].as_array().unwrap().clone()
}

fn kids(body: &str) -> Vec<String> {
    keys(body)
        .iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_key_that_signs_comes_first_and_no_private_part_is_shown() {
    for town in Town::both().await {
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        let signing = town.issue().await.token.kid().to_string();
        let set = town.keys.jwks().await.unwrap();
        assert_eq!(set.max_age, Duration::from_secs(300));
        // Two keys of each ring, and the one that was rotated away.
        assert_eq!(kids(&set.body).len(), 7);
        assert_eq!(kids(&set.body)[0], signing);
        for key in keys(&set.body) {
            let members: Vec<&str> = key
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(!members.contains(&secret), "{secret}");
            }
            assert_eq!(key["use"], "sig");
            assert_eq!(key["alg"], "ES256");
        }
    }
}

#[tokio::test]
async fn the_set_of_an_api_shows_what_signs_access_tokens_and_nothing_else() {
    for town in Town::both().await {
        let signing = town.issue().await.token.kid().to_string();
        let whole = town.keys.jwks().await.unwrap();
        let part = town.keys.key_set_of("orders").await.unwrap().unwrap();
        let (whole, shown) = (kids(&whole.body), kids(&part.body));
        // Two keys of each of two rings, in the order of the whole set, which has two of a third.
        assert_eq!((shown.len(), whole.len()), (4, 6));
        assert_eq!(shown[0], signing);
        let in_order: Vec<&String> = whole.iter().filter(|kid| shown.contains(kid)).collect();
        assert_eq!(shown.iter().collect::<Vec<_>>(), in_order);
    }
}

#[tokio::test]
async fn the_set_of_an_api_is_served_while_the_database_is_away() {
    for town in Town::both().await {
        let first = town.keys.key_set_of("orders").await.unwrap().unwrap();
        assert_eq!(town.keys.key_set_of("nothing").await.unwrap(), None);
        town.store.close().await.unwrap();
        town.wait(Duration::from_secs(60));
        let still = town.keys.key_set_of("orders").await.unwrap().unwrap();
        assert_eq!(still.etag, first.etag);
        assert_eq!(town.keys.key_set_of("nothing").await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_tag_changes_with_the_keys_and_with_nothing_else() {
    for town in Town::both().await {
        let first = town.keys.jwks().await.unwrap();
        town.issue().await;
        let same = town.keys.jwks().await.unwrap();
        assert_eq!(first.etag, same.etag);
        assert!(first.etag.starts_with('"') && first.etag.ends_with('"'));
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        assert_ne!(town.keys.jwks().await.unwrap().etag, first.etag);
    }
}

#[tokio::test]
async fn what_another_server_changed_is_seen_within_a_second() {
    for town in Town::both().await {
        let second = town.second_server(kek(1)).await;
        let before = second.jwks().await.unwrap();
        town.keys.rotate(&admin(), Haste::None).await.unwrap();
        town.wait(Duration::from_secs(1));
        let after = second.jwks().await.unwrap();
        assert_ne!(before.etag, after.etag);
        assert_eq!(after.etag, town.keys.jwks().await.unwrap().etag);
    }
}

#[tokio::test]
async fn the_set_is_served_while_the_database_is_away() {
    for town in Town::both().await {
        let known = town.keys.jwks().await.unwrap();
        town.store.close().await.unwrap();
        town.wait(Duration::from_secs(60));
        assert_eq!(town.keys.jwks().await.unwrap().etag, known.etag);
    }
}

#[tokio::test]
async fn for_a_day_after_a_compromise_others_may_keep_the_set_for_half_a_minute_only() {
    for town in Town::both().await {
        let kid = town.issue().await.token.kid().clone();
        town.keys
            .compromise(&admin(), &kid, "drill".parse().unwrap())
            .await
            .unwrap();
        assert_eq!(
            town.keys.jwks().await.unwrap().max_age,
            Duration::from_secs(30)
        );
        town.wait(Duration::from_secs(24 * 3600));
        assert_eq!(
            town.keys.jwks().await.unwrap().max_age,
            Duration::from_secs(300)
        );
    }
}
