//! What stands in the trail since a revision.

use gatewright_store::{
    Store,
    views::{
        events::{EventFilter, EventRow, Order},
        page::Page,
    },
};

use crate::town::admin;

pub(crate) async fn since(store: &Store, revision: u64) -> Vec<EventRow> {
    let after = revision.checked_sub(1).map(|seq| seq.to_string());
    let page = Page::new(after, Some(100)).unwrap();
    let sight = store.reader().as_seen_by(&admin());
    let all = EventFilter::default();
    let events = sight.events(&all, Order::Oldest, &page).await;
    events.unwrap().items
}

pub(crate) async fn names(store: &Store, revision: u64) -> Vec<String> {
    let events = since(store, revision).await;
    events.into_iter().map(|event| event.action).collect()
}

pub(crate) async fn reasons(store: &Store, revision: u64) -> Vec<String> {
    let events = since(store, revision).await;
    events
        .into_iter()
        .filter_map(|event| event.reason)
        .collect()
}
