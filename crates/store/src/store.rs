//! The store: a pool that writes, a pool that only reads, and the number that says how often was written.

use std::{
    fmt,
    sync::{Arc, Mutex, OnceLock},
};

use gatewright_domain::entropy::Entropy;
use sea_orm::DatabaseConnection;
use tokio::sync::watch;
use tracing::error;

use crate::{
    error::StoreError,
    flood::Flood,
    journal::{Journal, Line},
    open,
    reader::Reader,
    transaction::Open,
};

/// The database of an installation. Cheap to clone; every clone is the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) revisions: watch::Sender<u64>,
    pub(crate) flood: Mutex<Flood>,
    pub(crate) journal: OnceLock<Journal>,
}

impl Store {
    /// Opens a database: `sqlite://<path>` (made when missing) or `postgres://…`. Nothing in it is changed.
    ///
    /// # Errors
    /// `Unusable` for other addresses and for an SQLite with known corruption bugs; `Database` when it cannot be reached.
    pub async fn open(url: &str, entropy: Arc<dyn Entropy>) -> Result<Self, StoreError> {
        let open::Pools { writer, reader } = open::pools(url).await?;
        let (revisions, _) = watch::channel(0);
        let flood = Mutex::default();
        let inner = Inner {
            writer,
            reader,
            entropy,
            revisions,
            flood,
            journal: OnceLock::new(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// From now on every revocation is also written to this journal, and forced to disk there, before it is committed.
    /// The first journal counts.
    pub fn keep_journal(&self, journal: Journal) {
        // There is one already: it goes on.
        let _ = self.inner.journal.set(journal);
    }

    /// Everything that can be read.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(self.inner.reader.clone())
    }

    /// Rises after each commit of this process. Other processes' commits are noticed by asking `Reader::revision`.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.inner.revisions.subscribe()
    }

    /// The pool for what `quiet` lists.
    pub(crate) fn quietly(&self) -> &DatabaseConnection {
        &self.inner.writer
    }

    /// Several quiet writes that belong together.
    pub(crate) async fn begin_quietly(&self) -> Result<Open, StoreError> {
        Open::begin(&self.inner.writer).await
    }

    /// Closes both pools once their connections are idle.
    ///
    /// # Errors
    /// `Database` when a connection could not be closed in order.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.inner.writer.close_by_ref().await?;
        Ok(self.inner.reader.close_by_ref().await?)
    }
}

impl Inner {
    /// Writes revocations to the journal, if there is one. A disk that is full must not keep a token alive, so a failure is
    /// logged and the revocation goes on; only a restore would miss it.
    pub(crate) async fn journal(self: &Arc<Self>, lines: Vec<Line>) {
        if self.journal.get().is_none() {
            return;
        }
        let inner = Arc::clone(self);
        let writing = tokio::task::spawn_blocking(move || {
            inner
                .journal
                .get()
                .map_or(Ok(()), |journal| journal.append(&lines))
        });
        if let Ok(Err(error)) = writing.await {
            error!(%error, "Could not write a revocation to the journal; a restore from a backup would not know of it");
        }
    }

    /// Tells those who follow the revisions. Commits may be announced out of order; the number never falls.
    pub(crate) fn announce(&self, size: u64) {
        self.revisions.send_if_modified(|known| {
            let rises = *known < size;
            *known = size.max(*known);
            rises
        });
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}
