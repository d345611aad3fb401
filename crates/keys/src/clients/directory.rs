//! The clients that were met, in memory. One is good until something else than a token has changed; what this process
//! changes is seen at once, what another one changes within a second.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use gatewright_domain::{client::SecretId, id::ApplicationId, time::Timestamp};
use gatewright_store::{ClientRecord, Since, StoreError};
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use crate::Keys;

/// How long what another process may have changed can go unnoticed.
const GLANCE: Duration = Duration::from_secs(1);

/// How many clients are remembered: some kilobytes each.
const CLIENTS: usize = 10_000;

/// How often at most the use of a secret is written down.
const MINUTE: i64 = 60_000;

/// What is remembered of clients.
pub(crate) struct Directory {
    clients: Cache<ApplicationId, Arc<ClientRecord>>,
    uses: Cache<SecretId, i64>,
    paces: Cache<ApplicationId, Arc<AtomicI64>>,
    /// Of those who register themselves, or manage what they registered: by the number of what they show.
    visits: Cache<u128, Arc<AtomicI64>>,
    /// What was read before this revision may have changed.
    barrier: AtomicU64,
    /// Up to this revision it was looked.
    seen: AtomicU64,
    looked: AtomicI64,
    looking: Mutex<()>,
}

impl Default for Directory {
    fn default() -> Self {
        Self {
            clients: Cache::new(CLIENTS),
            uses: Cache::new(2 * CLIENTS),
            paces: Cache::new(CLIENTS),
            visits: Cache::new(CLIENTS),
            barrier: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            looked: AtomicI64::new(i64::MIN),
            looking: Mutex::default(),
        }
    }
}

impl Directory {
    /// Whether this is the first use of a secret in a while, so that it is worth writing down.
    pub(crate) fn is_first_use(&self, secret: &SecretId, now: Timestamp) -> bool {
        let last = self.uses.get(secret);
        let is_first = last.is_none_or(|last| now.millis().saturating_sub(last) >= MINUTE);
        if is_first {
            self.uses.insert(secret.clone(), now.millis());
        }
        is_first
    }

    /// The clock of a client's pace: when all the tokens it was given would have been due, in microseconds.
    pub(crate) fn pace_of(&self, client: ApplicationId) -> Arc<AtomicI64> {
        if let Some(pace) = self.paces.get(&client) {
            return pace;
        }
        let fresh = || Ok::<_, Infallible>(Arc::new(AtomicI64::new(0)));
        match self.paces.get_or_insert_with(&client, fresh) {
            Ok(pace) => pace,
            Err(never) => match never {},
        }
    }

    /// The clock of those who register with one token, or manage one registration, likewise.
    pub(crate) fn visits_of(&self, shown: u128) -> Arc<AtomicI64> {
        let fresh = || Ok::<_, Infallible>(Arc::new(AtomicI64::new(0)));
        match self.visits.get_or_insert_with(&shown, fresh) {
            Ok(visits) => visits,
            Err(never) => match never {},
        }
    }

    fn is_current(&self, announced: u64, now: Timestamp) -> bool {
        let looked = self.looked.load(Ordering::Acquire);
        let glance = Timestamp::from_millis(looked).plus(GLANCE);
        let fresh = looked <= now.millis() && now < glance;
        announced <= self.seen.load(Ordering::Acquire) && fresh
    }

    fn note(&self, since: Since, now: Timestamp) {
        if since.changes > 0 {
            self.barrier.fetch_max(since.revision, Ordering::AcqRel);
        }
        self.seen.fetch_max(since.revision, Ordering::AcqRel);
        self.looked.store(now.millis(), Ordering::Release);
    }
}

impl Keys {
    /// A client, and the revision up to which nothing about it has changed; nothing when there is none.
    pub(crate) async fn client(
        &self,
        id: ApplicationId,
        now: Timestamp,
    ) -> Result<Option<(Arc<ClientRecord>, u64)>, StoreError> {
        self.look_for_changes(now).await?;
        let directory = &self.directory;
        let seen = directory.seen.load(Ordering::Acquire);
        let barrier = directory.barrier.load(Ordering::Acquire);
        if let Some(client) = directory
            .clients
            .get(&id)
            .filter(|one| barrier <= one.revision)
        {
            return Ok(Some((client, seen.max(barrier))));
        }
        let client = match self.store.reader().client_record(id).await {
            Ok(client) => Arc::new(client),
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let as_of = client.revision;
        directory.clients.insert(id, Arc::clone(&client));
        Ok(Some((client, as_of)))
    }

    /// One at a time: those who waited find it done.
    async fn look_for_changes(&self, now: Timestamp) -> Result<(), StoreError> {
        let directory = &self.directory;
        let announced = *self.store.revisions().borrow();
        if directory.is_current(announced, now) {
            return Ok(());
        }
        let _one = directory.looking.lock().await;
        let announced = *self.store.revisions().borrow();
        if directory.is_current(announced, now) {
            return Ok(());
        }
        let seen = directory.seen.load(Ordering::Acquire);
        let reader = self.store.reader();
        let since = match seen {
            // Nothing is remembered yet that could have changed.
            0 => Since {
                revision: reader.revision().await?,
                changes: 0,
            },
            _ => reader.since(seen).await?,
        };
        directory.note(since, now);
        Ok(())
    }
}
