//! The store: a pool that writes, a pool that only reads, and the number that says how often was written.

use std::{
    fmt,
    sync::{Arc, Mutex},
};

use gatewright_domain::entropy::Entropy;
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use crate::{error::StoreError, flood::Flood, open, reader::Reader, transaction::Open};

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
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
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
