//! The one write path: a permit opens it, changes go through it, and it is sealed by its events.
//!
//! Invariant: a row and its event are committed together or not at all.

use std::sync::Arc;

use gatewright_domain::{
    access::Permit,
    audit::{Change, Event},
    time::Timestamp,
    token::Listing,
};
use sea_orm::DatabaseTransaction;

use crate::{
    error::StoreError,
    ledger,
    occurrence::Occurrence,
    rows::{self, Row, revocation},
    store::{Inner, Store},
    transaction::Open,
};

impl Store {
    /// Runs `work` in one transaction, and commits if and only if it returns `Ok`. The events of its changes are
    /// appended to the ledger as the last statements before the commit. When there are none, nothing is committed.
    ///
    /// May be cancelled at any time: dropped while `work` runs, everything is rolled back; dropped later, the commit
    /// goes on by itself, and what was announced to nobody still stands in the trail.
    ///
    /// # Errors
    /// Those of `work`; `Busy` when the database has no room for a writer; `Database` when it fails.
    pub async fn write<T, E: From<StoreError>>(
        &self,
        permit: Permit,
        now: Timestamp,
        work: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = Tx::begin(self, permit, now).await?;
        let outcome = work(&mut tx).await?;
        tx.seal().await?;
        Ok(outcome)
    }
}

/// One open write: who may do what, when, and a transaction that nobody else can see.
#[derive(Debug)]
pub struct Tx<'a> {
    store: &'a Store,
    permit: Permit,
    now: Timestamp,
    events: Vec<Event>,
    open: Open,
}

impl<'a> Tx<'a> {
    async fn begin(store: &'a Store, permit: Permit, now: Timestamp) -> Result<Self, StoreError> {
        let open = Open::begin(&store.inner.writer).await?;
        Ok(Self {
            store,
            permit,
            now,
            events: Vec::new(),
            open,
        })
    }

    /// The moment of everything in this write.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Stores the new state and, beside it, the event. Gives the thing back as stored, one revision on.
    ///
    /// # Errors
    /// `OutsidePermit` when the permit is for something else; `Stale` when the thing was changed since it was read;
    /// `Taken` when a name is.
    pub async fn write<T: Row>(&mut self, change: Change<T>) -> Result<T, StoreError> {
        let (after, event) = change.into_parts();
        self.is_permitted(&event)?;
        let stored = after.put(self.open.transaction()?).await?;
        self.events.push(event);
        Ok(stored)
    }

    /// Records something that happened without changing a stored thing.
    ///
    /// # Errors
    /// `OutsidePermit` when the permit is for something else.
    pub fn note(&mut self, event: Event) -> Result<(), StoreError> {
        self.is_permitted(&event)?;
        self.events.push(event);
        Ok(())
    }

    /// Allots a place in a status list to the token that this write issues; nothing when there are none left. Given once:
    /// a place whose token is not stored in the end is given to the next.
    ///
    /// # Errors
    /// `Database`.
    pub async fn allot_listing(&mut self) -> Result<Option<Listing>, StoreError> {
        rows::status_count::allot(self.open.transaction()?).await
    }

    fn is_permitted(&self, event: &Event) -> Result<(), StoreError> {
        if self.permit.covers(event) {
            Ok(())
        } else {
            Err(StoreError::OutsidePermit)
        }
    }

    /// The transaction, for the reads beside this file.
    pub(crate) fn transaction(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.open.transaction()
    }

    /// Appends the events and commits, in a task of its own: from here on no caller can stop it.
    async fn seal(self) -> Result<(), StoreError> {
        let Self {
            store,
            permit,
            now,
            events,
            open,
        } = self;
        if events.is_empty() {
            return Ok(());
        }
        let occurrences = events
            .into_iter()
            .map(|event| Occurrence::of(event, &permit, now))
            .collect();
        let sealing = tokio::spawn(commit(Arc::clone(&store.inner), open, occurrences));
        sealing.await.map_err(|_| StoreError::Interrupted)?
    }
}

/// Numbers the occurrences, writes down what they revoke, commits, and then tells whoever follows the revisions.
pub(crate) async fn commit(
    inner: Arc<Inner>,
    open: Open,
    occurrences: Vec<Occurrence>,
) -> Result<(), StoreError> {
    let size = commit_silently(&inner, open, occurrences).await?;
    inner.announce(size);
    Ok(())
}

/// Numbers the occurrences and commits. Whoever follows the revisions hears of it with the next commit that is announced,
/// or when they look by themselves: for what nobody needs to act upon.
pub(crate) async fn commit_silently(
    inner: &Arc<Inner>,
    open: Open,
    occurrences: Vec<Occurrence>,
) -> Result<u64, StoreError> {
    let revoked: Vec<_> = occurrences
        .iter()
        .filter_map(Occurrence::revocation)
        .collect();
    let transaction = open.transaction()?;
    let size = ledger::append(transaction, inner.entropy.as_ref(), occurrences).await?;
    if !revoked.is_empty() {
        // Under the ledger's lock: numbers without gaps, in the order of commits.
        let written = revocation::record(transaction, revoked, size).await?;
        inner.journal(written).await;
    }
    open.commit().await?;
    Ok(size)
}
