//! Status lists: a developer token has a place of its own, and every kind of revocation is seen there.

use std::{collections::BTreeSet, time::Duration};

use gatewright_domain::{
    text::Reason,
    time::Clock,
    token::{Listing, Token},
};
use gatewright_keys::Keys;
use gatewright_token::{
    jwk::PublicJwk,
    status::{Status, StatusList},
};

use crate::{
    revoking_widely::watermarks,
    town::{Town, admin, kek, security, wish},
};

const TWO_HOURS: u64 = 7_200;

async fn issue(town: &Town) -> Token {
    let wish = wish(&["orders:v1:read"], TWO_HOURS);
    let issued = town.keys.issue(&admin(), &town.handle(), wish).await;
    issued.unwrap().token
}

fn place(token: &Token) -> Listing {
    Listing::of_name(token.jti()).unwrap()
}

/// What the list that a server serves says of a token, to whoever verifies it with the published keys.
async fn status(town: &Town, keys: &Keys, token: &Token) -> Status {
    let place = place(token);
    let lists = keys.status_lists().await.unwrap();
    let listed = lists.get(&place.list()).expect("a list");
    let set: serde_json::Value = serde_json::from_str(&keys.jwks().await.unwrap().body).unwrap();
    let jwks = set["keys"].as_array().unwrap().iter();
    let jwks: Vec<PublicJwk> = jwks.map(|jwk| jwk.to_string().parse().unwrap()).collect();
    let now = town.clock.now();
    let uri = keys.status_list_uri(place.list());
    let list = StatusList::read(listed.document.as_bytes(), &jwks, &uri, now).unwrap();
    list.status(place.index().into(), now).unwrap()
}

#[tokio::test]
async fn a_developer_token_names_a_place_that_no_other_has_and_a_programs_token_none() {
    for town in Town::both().await {
        let mut places = BTreeSet::new();
        for _ in 0..5 {
            assert!(places.insert(place(&issue(&town).await)));
        }
        let wish_of = || wish(&["orders:v1:read"], TWO_HOURS);
        let (keys, handle, admin) = (&town.keys, town.handle(), admin());
        let (one, two, three) = tokio::join!(
            keys.issue(&admin, &handle, wish_of()),
            keys.issue(&admin, &handle, wish_of()),
            keys.issue(&admin, &handle, wish_of()),
        );
        for issued in [one, two, three] {
            assert!(places.insert(place(&issued.unwrap().token)), "given twice");
        }
        let claims = |text: &str| {
            let inspection = text.split('.').nth(1).unwrap().to_owned();
            let bytes =
                base64::Engine::decode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, inspection);
            serde_json::from_slice::<serde_json::Value>(&bytes.unwrap()).unwrap()
        };
        let issued = keys.issue(&admin, &handle, wish_of()).await.unwrap();
        let place = place(&issued.token);
        let said = issued.text.lend(|text| claims(text));
        let uri = format!("https://id.example/oauth2/status-lists/{}", place.list());
        let listed = serde_json::json!({ "status_list": { "idx": place.index(), "uri": uri } });
        assert_eq!(said["status"], listed);
        let short = town.issue().await;
        assert_eq!(short.text.lend(|text| claims(text)).get("status"), None);
    }
}

#[tokio::test]
async fn a_token_revoked_by_its_name_is_in_the_next_list_on_every_server() {
    for town in Town::both().await {
        let (first, second) = (issue(&town).await, issue(&town).await);
        let other = town.second_server(kek(1)).await;
        for keys in [&town.keys, &other] {
            assert_eq!(status(&town, keys, &first).await, Status::Valid);
        }
        town.keys.revoke(&admin(), first.id(), None).await.unwrap();
        assert_eq!(status(&town, &town.keys, &first).await, Status::Invalid);
        assert_eq!(status(&town, &town.keys, &second).await, Status::Valid);
        town.wait(Duration::from_secs(1));
        assert_eq!(status(&town, &other, &first).await, Status::Invalid);
    }
}

#[tokio::test]
async fn whatever_takes_a_token_along_is_seen_in_its_list() {
    for town in Town::both().await {
        for (kind, key) in watermarks(&town).await {
            let token = issue(&town).await;
            assert_eq!(status(&town, &town.keys, &token).await, Status::Valid);
            let reason: Reason = "a drill".parse().unwrap();
            let by = security();
            let revoked = town.keys.revoke_named(&by, kind, &key, reason);
            revoked.await.unwrap();
            assert_eq!(
                status(&town, &town.keys, &token).await,
                Status::Invalid,
                "{kind}"
            );
            town.wait(Duration::from_secs(2));
        }
        let newer = issue(&town).await;
        assert_eq!(status(&town, &town.keys, &newer).await, Status::Valid);
    }
}

#[tokio::test]
async fn a_compromised_key_takes_every_token_it_signed_along() {
    for town in Town::both().await {
        let token = issue(&town).await;
        assert_eq!(status(&town, &town.keys, &token).await, Status::Valid);
        let reason: Reason = "a drill".parse().unwrap();
        let by = security();
        let compromised = town.keys.compromise(&by, token.kid(), reason);
        compromised.await.unwrap();
        assert_eq!(status(&town, &town.keys, &token).await, Status::Invalid);
    }
}

#[tokio::test]
async fn lists_are_served_from_memory_and_made_anew_when_they_grow_old() {
    for town in Town::both().await {
        let token = issue(&town).await;
        let list = place(&token).list();
        let document = async || {
            town.keys.status_lists().await.unwrap()[&list]
                .document
                .clone()
        };
        let first = document().await;
        assert_eq!(document().await, first);
        town.wait(Duration::from_secs(10));
        assert_eq!(document().await, first, "nothing changed");
        town.wait(Duration::from_secs(30));
        let second = document().await;
        assert_ne!(second, first, "half its time is over");
        town.store.close().await.unwrap();
        town.wait(Duration::from_secs(10));
        assert_eq!(document().await, second, "the database is away");
        town.wait(Duration::from_secs(3600));
        assert!(town.keys.status_lists().await.is_err(), "it has ended");
    }
}
