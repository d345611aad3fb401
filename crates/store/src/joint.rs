//! Many tokens in one transaction: each under its own caller's permit, all of them in one event that names every one.
//!
//! Invariant: what `tx` promises of one change holds for each of these; only the number of commits is smaller.

use std::sync::Arc;

use gatewright_domain::{
    access::Permit,
    audit::{Change, Event},
    id::ApplicationId,
    time::Timestamp,
    token::Token,
};

use crate::{
    clients::{self, ClientRecord, Since},
    error::StoreError,
    occurrence::Occurrence,
    rows,
    store::Store,
    transaction::Open,
    tx,
};

impl Store {
    /// Runs `work` in one transaction that takes tokens only, and commits if and only if it returns `Ok`. All the tokens
    /// it took stand in one event. When there are none, nothing is committed. `Store::revisions` does not rise by it.
    ///
    /// # Errors
    /// Those of `work`; `Busy`; `Database`.
    pub async fn write_jointly<T, E: From<StoreError>>(
        &self,
        now: Timestamp,
        work: impl AsyncFnOnce(&mut Joint) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut joint = Joint {
            open: Open::begin(&self.inner.writer).await?,
            now,
            tokens: Vec::new(),
            parts: Vec::new(),
        };
        let outcome = work(&mut joint).await?;
        joint.seal(self).await?;
        Ok(outcome)
    }
}

/// One open transaction for tokens of many callers.
#[derive(Debug)]
pub struct Joint {
    open: Open,
    now: Timestamp,
    tokens: Vec<Token>,
    parts: Vec<(Event, Permit)>,
}

impl Joint {
    /// Takes a token to be stored, under the permit of the caller it is for.
    ///
    /// # Errors
    /// `OutsidePermit` when the permit is for something else.
    pub fn write(&mut self, permit: Permit, change: Change<Token>) -> Result<(), StoreError> {
        let (token, event) = change.into_parts();
        if !permit.covers(&event) {
            return Err(StoreError::OutsidePermit);
        }
        self.tokens.push(token);
        self.parts.push((event, permit));
        Ok(())
    }

    /// A client as it is now.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn client(&mut self, id: ApplicationId) -> Result<ClientRecord, StoreError> {
        clients::load(self.open.transaction()?, id, 0).await
    }

    /// What has happened since a revision.
    ///
    /// # Errors
    /// `Database`.
    pub async fn since(&mut self, revision: u64) -> Result<Since, StoreError> {
        clients::since(self.open.transaction()?, revision).await
    }

    async fn seal(self, store: &Store) -> Result<(), StoreError> {
        let Self {
            open,
            now,
            tokens,
            parts,
        } = self;
        let Some(occurrence) = Occurrence::jointly(parts, now) else {
            return Ok(());
        };
        rows::token::insert_all(open.transaction()?, tokens).await?;
        let inner = Arc::clone(&store.inner);
        // A new token changes nothing that a gateway is told, and there may be a hundred commits of them in a second.
        let sealing = tokio::spawn(async move {
            let occurrences = vec![occurrence];
            tx::commit_silently(&inner, open, occurrences).await
        });
        sealing.await.map_err(|_| StoreError::Interrupted)??;
        Ok(())
    }
}
