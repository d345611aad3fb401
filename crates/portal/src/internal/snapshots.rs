//! The newest snapshot, signed: made once for each revision and shared by everybody who asks.
//!
//! Invariant: what is given was read after the question was asked, or nothing was written since it was read.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actix_web::web::Bytes;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use gatewright_domain::snapshot::Snapshot;
use tokio::sync::{Mutex, watch};

use crate::web::{app::App, problem::Problem};

/// The newest snapshot. Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub struct Snapshots(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    newest: watch::Sender<Option<Arc<Signed>>>,
    making: Mutex<()>,
    closing: AtomicBool,
}

/// A snapshot in the exact bytes that are signed.
#[derive(Debug)]
pub struct Signed {
    snapshot: Snapshot,
    /// The bytes.
    pub bytes: Bytes,
    /// The signature over them, in base64.
    pub signature: String,
}

impl Deref for Signed {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        let (newest, _) = watch::channel(None);
        Self(Arc::new(Kept {
            newest,
            making: Mutex::new(()),
            closing: AtomicBool::new(false),
        }))
    }
}

impl Snapshots {
    /// Begins with a snapshot that was made elsewhere; it is good until something is written.
    #[must_use]
    pub fn holding(snapshot: Snapshot) -> Self {
        let snapshots = Self::default();
        snapshots.0.newest.send_replace(Some(Arc::new(Signed {
            snapshot,
            bytes: Bytes::new(),
            signature: String::new(),
        })));
        snapshots
    }

    /// Says that the server is about to stop: questions that are kept open are answered now.
    pub fn close(&self) {
        self.0.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the server is about to stop.
    #[must_use]
    pub fn are_closing(&self) -> bool {
        self.0.closing.load(Ordering::Relaxed)
    }

    /// The snapshot of everything that is committed now.
    ///
    /// # Errors
    /// When it cannot be read, or not signed.
    pub async fn newest(&self, app: &App) -> Result<Arc<Signed>, Problem> {
        let position = app.reader.position().await?;
        if let Some(known) = self.known(position) {
            return Ok(known);
        }
        // One makes it; those who waited find it made.
        let _making = self.0.making.lock().await;
        if let Some(known) = self.known(position) {
            return Ok(known);
        }
        let made = Arc::new(make(app).await?);
        self.0.newest.send_replace(Some(Arc::clone(&made)));
        Ok(made)
    }

    /// A snapshot that says what the newest would: since it was made, at most tokens were issued.
    ///
    /// # Errors
    /// As `newest`.
    pub async fn current(&self, app: &App) -> Result<Arc<Signed>, Problem> {
        let known = self.0.newest.borrow().as_ref().map(Arc::clone);
        if let Some(known) = known
            && app.reader.since(known.revision).await?.changes == 0
        {
            return Ok(known);
        }
        self.newest(app).await
    }

    fn known(&self, position: (u64, u64)) -> Option<Arc<Signed>> {
        let newest = self.0.newest.borrow();
        newest
            .as_ref()
            .filter(|signed| (signed.epoch, signed.revision) == position)
            .map(Arc::clone)
    }
}

async fn make(app: &App) -> Result<Signed, Problem> {
    let snapshot = app.keys.snapshot(app.now()).await?;
    let (snapshot, bytes) = tokio::task::spawn_blocking(move || {
        let bytes = serde_json::to_vec(&snapshot);
        (snapshot, bytes)
    })
    .await
    .map_err(|_| Problem::unexpected())?;
    let bytes = bytes.map_err(|_| Problem::unexpected())?;
    let signature = app.keys.sign_snapshot(&bytes).await?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Problem::unexpected())?;
    // The header holds plain base64, as headers of signatures do (RFC 9421 section 4.2).
    let signature = BASE64_STANDARD.encode(signature);
    Ok(Signed {
        snapshot,
        bytes: bytes.into(),
        signature,
    })
}
