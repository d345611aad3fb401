//! Refusals of the policy, which are events like any other, except that a flood of them is counted instead of listed.

use std::sync::Arc;

use gatewright_domain::{access::Denied, time::Timestamp};

use crate::{
    error::StoreError,
    flood::{Flood, Overflow},
    occurrence::Occurrence,
    store::Store,
    transaction::Open,
    tx,
};

impl Store {
    /// Records a refusal. Of the same actor and action, the first 20 in a minute are events of their own; the rest
    /// become one event with their number, once the minute is over.
    ///
    /// # Errors
    /// `Busy`; `Database`.
    pub async fn deny(&self, denied: &Denied, now: Timestamp) -> Result<(), StoreError> {
        let (overflows, listed) = self.flooded(|flood| (flood.drain(now), flood.meet(denied, now)));
        let mut occurrences = counted(overflows, now);
        if listed {
            occurrences.push(Occurrence::denied(denied, now));
        }
        self.append(occurrences).await
    }

    /// Records what is left of floods whose minute is over. A timed job calls it, and the server before it stops.
    ///
    /// # Errors
    /// As `deny`.
    pub async fn settle_denials(&self, now: Timestamp) -> Result<(), StoreError> {
        let overflows = self.flooded(|flood| flood.drain(now));
        self.append(counted(overflows, now)).await
    }

    fn flooded<R>(&self, ask: impl FnOnce(&mut Flood) -> R) -> R {
        // Counters are whole whatever happened to the thread that held them.
        let flood = self.inner.flood.lock();
        ask(&mut flood.unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    async fn append(&self, occurrences: Vec<Occurrence>) -> Result<(), StoreError> {
        if occurrences.is_empty() {
            return Ok(());
        }
        let inner = Arc::clone(&self.inner);
        let appending = tokio::spawn(async move {
            let open = Open::begin(&inner.writer).await?;
            tx::commit(inner, open, occurrences).await
        });
        appending.await.map_err(|_| StoreError::Interrupted)?
    }
}

fn counted(overflows: Vec<Overflow>, now: Timestamp) -> Vec<Occurrence> {
    let occurrence = |Overflow { denied, count }| Occurrence::denied_often(&denied, count, now);
    overflows.into_iter().map(occurrence).collect()
}
