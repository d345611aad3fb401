//! The key that signs snapshots: one for the installation, whichever server signs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gatewright_token::detached::PinnedKey;

use crate::town::{Town, job, kek};

fn holds(public: &str, snapshot: &[u8], signature: &str) -> bool {
    let pinned: PinnedKey = public.parse().unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    pinned.verify(snapshot, &signature).is_ok()
}

#[tokio::test]
async fn every_server_signs_snapshots_with_the_same_key() {
    for town in Town::both().await {
        let second = town.second_server(kek(1)).await;
        let (one, other) = tokio::join!(
            town.keys.snapshot_public_key(),
            second.snapshot_public_key()
        );
        assert_eq!(one.unwrap(), other.unwrap());
        let third = town.second_server(kek(1)).await;
        let known = town.keys.snapshot_public_key().await.unwrap();
        assert_eq!(third.snapshot_public_key().await.unwrap(), known);
        let sealed = town.store.sealed_under().await.unwrap();
        assert_eq!(sealed.values().sum::<u64>(), 7);
    }
}

#[tokio::test]
async fn a_signature_holds_for_its_bytes_only() {
    for town in Town::both().await {
        let public = town.keys.snapshot_public_key().await.unwrap();
        let signature = town.keys.sign_snapshot(b"snapshot").await.unwrap();
        assert!(holds(&public, b"snapshot", &signature));
        assert!(!holds(&public, b"snapshots", &signature));
        let blind = town.second_server(kek(2)).await;
        assert!(blind.sign_snapshot(b"snapshot").await.is_err());
        assert!(blind.ensure_ring(&job()).await.is_err());
    }
}
