//! The newest state that was served from this data directory. A database that is older than that was put back by hand, and
//! must not be served: what was revoked since would be accepted again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use gatewright_domain::id::InstallationId;
use gatewright_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    config::Settings,
    failure::{Code, Failure},
};

/// How soon a newer state is noted: a burst of writes is one note.
const PAUSE: Duration = Duration::from_millis(200);

/// A state of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Served {
    installation: InstallationId,
    epoch: u64,
    revision: u64,
}

/// Where it is noted.
pub(crate) fn path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("served")
}

/// What was noted last. A note that cannot be read says nothing.
pub(crate) fn noted(path: &Path) -> Option<Served> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// The state of a database now.
async fn now(store: &Store) -> Result<Served, StoreError> {
    let reader = store.reader();
    let installation = reader.installation().await?.id;
    let (epoch, revision) = reader.position().await?;
    Ok(Served {
        installation,
        epoch,
        revision,
    })
}

/// The highest epoch that was served of this installation, when the database is older than what was served.
pub(crate) async fn outdated(settings: &Settings, store: &Store) -> Result<Option<Served>> {
    let Some(noted) = noted(&path(settings)) else {
        return Ok(None);
    };
    let now = now(store).await?;
    let is_older = (now.epoch, now.revision) < (noted.epoch, noted.revision);
    Ok(Some(noted).filter(|noted| noted.installation == now.installation && is_older))
}

impl Served {
    /// Its epoch.
    pub(crate) const fn epoch(&self) -> u64 {
        self.epoch
    }
}

/// Refuses a database that waits for what was revoked since its copy was made, or that is older than what was served.
///
/// # Errors
/// A failure that names the command which ends it.
pub(crate) async fn refuse_unreconciled(settings: &Settings, store: &Store) -> Result<()> {
    let next = "gatewright reconcile";
    if let Some(at) = store.reader().installation().await?.restored {
        let message = format!(
            "the database was restored at {at}, and what was revoked since its copy was made is not accounted for"
        );
        return Err(Failure::new(Code::Conflict, message).next(next).into());
    }
    let Some(served) = outdated(settings, store).await? else {
        return Ok(());
    };
    let message = format!(
        "the database is older than what was served from it: revision {} of epoch {} was served; \
         was it put back from a copy? Then what was revoked since would be accepted again",
        served.revision, served.epoch
    );
    Err(Failure::new(Code::Conflict, message).next(next).into())
}

/// Notes every newer state until told to stop.
pub(crate) async fn note_all(store: Store, path: PathBuf, stop: CancellationToken) {
    let mut announced = store.revisions();
    loop {
        match now(&store).await {
            Ok(served) => {
                if let Err(error) = note(&path, served) {
                    warn!(%error, file = %path.display(), "Could not note what is served; an older database would not be noticed");
                }
            }
            Err(error) => warn!(%error, "Could not read what is served"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = announced.changed() => if changed.is_err() { return },
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Written beside, forced to disk and renamed, so that there is always a whole one.
fn note(path: &Path, served: Served) -> io::Result<()> {
    if noted(path) == Some(served) {
        return Ok(());
    }
    let beside = path.with_extension("new");
    let mut file: File = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    serde_json::to_writer(&mut file, &served)?;
    file.write_all(b"\n")?;
    file.sync_data()?;
    fs::rename(&beside, path)
}
