//! Every view on both engines, before there is anything to see: the statements themselves are right.

#![cfg(test)]

use std::{collections::BTreeSet, sync::Arc};

use gatewright_domain::{
    access::{Caller, Origin, Proof, Role},
    id::{ApplicationId, OperatorId, SessionId, TeamId, TokenId},
    time::{Clock, Timestamp},
};
use gatewright_store::{
    SnapshotTerms, Store, StoreError,
    views::{
        Sight,
        events::{EventFilter, Order},
        page::Page,
        usage::UsageFilter,
    },
};
use gatewright_testkit::{clock::FixedClock, database::database_urls, entropy::SeededEntropy};
use uuid::Uuid;

/// What an administrator sees, and what a publisher of an empty team does.
fn sights(store: &Store) -> [Sight; 2] {
    let one = Uuid::from_u128(1);
    let (id, proof) = (
        OperatorId::from_uuid(one),
        Proof::Session(SessionId::from_uuid(one)),
    );
    let teams = BTreeSet::from([TeamId::from_uuid(one)]);
    let publisher = Caller::operator(id, proof, Role::Publisher, teams, Origin::default());
    [
        store.reader().as_seen_by(&Caller::command_line()),
        store.reader().as_seen_by(&publisher),
    ]
}

async fn look_at_lists(sight: &Sight, now: Timestamp) -> Result<(), StoreError> {
    let (page, one) = (Page::first(), Uuid::from_u128(1));
    assert!(sight.apis(&page, now).await?.items.is_empty());
    assert!(sight.consumers(&page, now).await?.items.is_empty());
    assert!(sight.applications(&page, now).await?.items.is_empty());
    assert!(
        sight
            .tokens(ApplicationId::from_uuid(one), &page, now)
            .await?
            .items
            .is_empty()
    );
    assert!(sight.keys(now).await?.is_empty());
    assert!(sight.operators().await?.is_empty());
    assert!(sight.teams().await?.is_empty());
    assert!(sight.own_team().await?.is_none());
    assert!(
        sight
            .access_tokens(OperatorId::from_uuid(one))
            .await?
            .is_empty()
    );
    assert!(sight.gateways(now).await?.is_empty());
    assert!(sight.usage(&UsageFilter::default()).await?.is_empty());
    assert!(sight.decisions(&page).await?.items.is_empty());
    assert_eq!(sight.home(now).await?.counts.apis, 0);
    let filter = EventFilter {
        action: Some("version".to_owned()),
        actor: Some("op_1".to_owned()),
        target: Some("api_1".to_owned()),
        from: Some(now),
        to: Some(now),
    };
    assert!(
        sight
            .events(&filter, Order::Newest, &page)
            .await?
            .items
            .is_empty()
    );
    assert!(
        sight
            .events(&EventFilter::default(), Order::Oldest, &page)
            .await?
            .items
            .is_empty()
    );
    Ok(())
}

async fn look_for_things(sight: &Sight, now: Timestamp) {
    let two = Uuid::from_u128(2);
    let missing = |found: Result<(), StoreError>| matches!(found, Err(StoreError::NotFound));
    let (orders, v1) = ("orders".parse().unwrap(), "v1".parse().unwrap());
    assert!(missing(sight.api(&orders, now).await.map(drop)));
    assert!(missing(sight.version(&orders, v1, now).await.map(drop)));
    assert!(missing(
        sight
            .contract_document(&orders, v1, None, now)
            .await
            .map(drop)
    ));
    assert!(missing(
        sight
            .contracts(&orders, v1, &Page::first(), now)
            .await
            .map(drop)
    ));
    assert!(missing(
        sight
            .consumer(&"acme".parse().unwrap(), now)
            .await
            .map(drop)
    ));
    assert!(missing(
        sight
            .application(&"shop".parse().unwrap(), now)
            .await
            .map(drop)
    ));
    assert!(missing(
        sight.token(TokenId::from_uuid(two), now).await.map(drop)
    ));
    let subscription = "sub_00000000000000000000000001".parse().unwrap();
    assert!(missing(
        sight.find_subscription(subscription).await.map(drop)
    ));
    assert!(missing(
        sight.find_token(TokenId::from_uuid(two)).await.map(drop)
    ));
    let decision = "dec_00000000000000000000000001".parse().unwrap();
    assert!(missing(sight.decision(decision).await.map(drop)));
}

#[tokio::test]
async fn every_view_reads_an_empty_database() {
    let now = FixedClock::default().now();
    for url in database_urls().unwrap() {
        let store = Store::open(&url, Arc::new(SeededEntropy::default()))
            .await
            .unwrap();
        store.migrate().await.unwrap();
        for sight in sights(&store) {
            look_at_lists(&sight, now)
                .await
                .unwrap_or_else(|error| panic!("{url}: {error:?}"));
            look_for_things(&sight, now).await;
        }
        let terms = SnapshotTerms {
            issuer: "https://id.example".to_owned(),
            audience_base: "https://api.example".to_owned(),
            leeway_s: 30,
            max_lifetime_s: 3600,
        };
        let snapshot = store.reader().snapshot(&terms, now).await.unwrap();
        assert_eq!(snapshot.revision, store.reader().revision().await.unwrap());
        assert!(store.reader().receipts(1).await.unwrap().is_empty());
        assert!(!store.reader().installation().await.unwrap().set_up);
    }
}
