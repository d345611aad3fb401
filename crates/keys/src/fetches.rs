//! Who fetches the key set, kept for the day when a key is lost: then it says which verifiers that are not ours may still
//! hold it. And that a set was fetched at all, without which no rotation happens by itself.
//!
//! Invariant: no answer waits for this. What is known already is not written again, and one write runs at a time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use gatewright_domain::time::Timestamp;
use gatewright_store::{
    StoreError,
    quiet::key_rings::{Fetcher, Served},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{Jwks, Keys};

/// The most fetchers that are held in memory; the count begins anew every `ROUND`.
const MOST: usize = 500;

/// After how long somebody who fetches the same set all day is written down again.
const ROUND: Duration = Duration::from_secs(3600);

/// What was written since a round began.
pub(crate) type Known = Arc<Mutex<Round>>;

#[derive(Default)]
pub(crate) struct Round {
    began: Option<Timestamp>,
    fetches: BTreeSet<(Fetcher, Arc<str>)>,
    served: BTreeSet<(String, u64)>,
}

impl Keys {
    /// Notes that somebody was given a key set. Returns at once; a fetch that comes while another is written is let go.
    pub fn note_fetch(&self, set: &Jwks, fetcher: Fetcher) {
        let Ok(round) = Arc::clone(&self.fetches).try_lock_owned() else {
            return;
        };
        let (keys, set) = (self.clone(), set.clone());
        tokio::spawn(async move {
            if let Err(error) = keys.write_fetch(round, &set, fetcher).await {
                tracing::warn!(%error, "Could not note that the key set was fetched");
            }
        });
    }

    /// The same, for whoever has the time to wait until it is written.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_fetch_now(&self, set: &Jwks, fetcher: Fetcher) -> Result<(), StoreError> {
        let round = Arc::clone(&self.fetches).lock_owned().await;
        self.write_fetch(round, set, fetcher).await
    }

    async fn write_fetch(
        &self,
        mut round: OwnedMutexGuard<Round>,
        set: &Jwks,
        fetcher: Fetcher,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if round.began.is_none_or(|began| ROUND <= now.since(began)) {
            *round = Round {
                began: Some(now),
                ..Round::default()
            };
        }
        let shown = set.shown.to_string();
        if round.served.insert((shown.clone(), set.revision)) {
            let served = Served {
                shown: shown.clone(),
                etag: set.etag.to_string(),
                revision: set.revision,
            };
            self.store.keep_served(served, now).await?;
        }
        let fetch = (fetcher.clone(), Arc::clone(&set.etag));
        if round.fetches.len() < MOST && round.fetches.insert(fetch) {
            let held = (shown, set.etag.to_string());
            self.store.keep_fetch(fetcher, held, now).await?;
        }
        Ok(())
    }
}
