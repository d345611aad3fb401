//! A backup becomes the database again: all of it or nothing, in one transaction, and marked as restored until what was
//! revoked in the meantime is accounted for.

use std::{collections::BTreeSet, io, sync::Arc};

use gatewright_domain::{
    access::{Permit, Subject},
    audit::{Event, Kind, Outcome, Target},
    id::InstallationId,
    time::Timestamp,
};
use sea_orm::{DatabaseTransaction, entity::prelude::*};

use super::{
    BackupFile, FileError,
    catalogue::{self, Pointing},
    load, reconcile,
};
use crate::{
    error::StoreError,
    journal::Line,
    migrate::lock,
    occurrence::Occurrence,
    rows::{audit_head, installation, revocation},
    store::Store,
    transaction::Open,
    tx::commit,
};

/// What the database may hold already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// Nothing: it was never set up.
    Nothing,
    /// An installation, which is removed.
    Replacing,
}

/// A database that was restored, and is not served from yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// How many rows were put in.
    pub rows: u64,
    /// The epoch that begins.
    pub epoch: u64,
    /// How many revocations the replaced database knew that the backup did not.
    pub carried: u64,
    /// The migrations that the backup lacked.
    pub migrated: Vec<String>,
}

/// Why nothing was restored. The database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is something in it.
    #[error("the database holds the installation {0}")]
    NotEmpty(InstallationId),
    /// The backup has migrations that this program has not.
    #[error(
        "the backup was made by release {program}, whose migrations are not those of this one: {migration}"
    )]
    OtherRelease {
        /// The release.
        program: String,
        /// The first migration that differs.
        migration: String,
    },
    /// The backup has a table that its migrations do not make.
    #[error("the backup holds a table {0} that its migrations do not make")]
    NoSuchTable(String),
    /// It holds fewer rows, or more, than its last line says.
    #[error("the backup holds {found} rows, and its last line says {said}")]
    Rows {
        /// What was found.
        found: u64,
        /// What should be.
        said: u64,
    },
    /// The trail in it is not as it was written.
    #[error("the trail in the backup is not as it was written: {0}")]
    Trail(String),
    /// The backup cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The store failed.
    #[error("the database could not be restored")]
    Store(#[from] StoreError),
}

impl From<io::Error> for RestoreError {
    fn from(error: io::Error) -> Self {
        FileError::from(error).into()
    }
}

/// What there was before.
struct Before {
    installation: InstallationId,
    epoch: u64,
    lines: Vec<Line>,
}

impl Store {
    /// Puts a backup in the place of everything. A new epoch begins, higher than any that was: gateways follow it whatever
    /// their revision. Revocations that the replaced database of the same installation knew are kept. Sign-ins end.
    ///
    /// # Errors
    /// Every variant of `RestoreError`; then nothing was changed.
    pub async fn restore(
        &self,
        permit: Permit,
        file: &BackupFile,
        onto: Onto,
        now: Timestamp,
        progress: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<Restored, RestoreError> {
        let open = Open::begin(&self.inner.writer).await?;
        let tx = open.transaction()?;
        lock(tx).await?;
        let before = before(tx).await?;
        if let (Some(before), Onto::Nothing) = (&before, onto) {
            return Err(RestoreError::NotEmpty(before.installation));
        }
        catalogue::clear(tx).await?;
        migrate(tx, file).await?;
        catalogue::point(tx, Pointing::CheckedLater).await?;
        let rows = load::load(tx, file, progress).await?;
        catalogue::point(tx, Pointing::CheckedAtOnce).await?;
        if rows != file.end.rows {
            let said = file.end.rows;
            return Err(RestoreError::Rows { found: rows, said });
        }
        let migrated = gatewright_migrations::apply(tx)
            .await
            .map_err(StoreError::from)?;
        let verdict = load::verify(tx).await?;
        if let Some(bad) = verdict.first_bad {
            return Err(RestoreError::Trail(bad.to_string()));
        }
        let ours = before.filter(|before| before.installation == file.head.installation);
        let known = ours.as_ref().map_or(0, |before| before.epoch);
        let epoch = begin_epoch(tx, known, now).await?;
        end_sign_ins(tx).await?;
        let head = &file.head;
        let label = format!("revision {} as of {}", head.revision, head.made_at);
        let mut events = vec![restored(head.installation, label)];
        let lines = ours.map_or_else(Vec::new, |before| before.lines);
        let taken = reconcile::take(tx, lines, &mut events, now).await?;
        let carried = reconcile::number_of(&taken);
        self.inner.journal(taken).await;
        if !events.iter().all(|event| permit.covers(event)) {
            return Err(StoreError::OutsidePermit.into());
        }
        let occurrences = events
            .into_iter()
            .map(|event| Occurrence::of(event, &permit, now));
        let occurrences: Vec<Occurrence> = occurrences.collect();
        commit(Arc::clone(&self.inner), open, occurrences).await?;
        Ok(Restored {
            rows,
            epoch,
            carried,
            migrated,
        })
    }
}

pub(super) fn restored(installation: InstallationId, label: String) -> Event {
    let target = Target {
        kind: "installation",
        id: installation.to_string(),
        label,
        parent: None,
    };
    let (kind, on) = (Kind::InstallationRestored, Subject::Installation);
    Event::note(kind, Outcome::Success, on, target)
}

/// What is in the database now; nothing when nobody has ever used it.
async fn before(tx: &DatabaseTransaction) -> Result<Option<Before>, StoreError> {
    let migrations: BTreeSet<String> = catalogue::migrations(tx).await?.into_iter().collect();
    if migrations.is_empty() {
        return Ok(None);
    }
    // A database of an earlier release has no revocations of their own, nor the mark of a restore.
    let is_current = migrations.contains("m0011_revocations");
    let head = audit_head::Entity::find().one(tx).await?;
    let Some(head) = head.filter(|head| head.size > 0) else {
        return Ok(None);
    };
    let installation = catalogue::installation(tx).await?;
    let rows = match is_current {
        true => revocation::Entity::find().all(tx).await?,
        false => Vec::new(),
    };
    Ok(Some(Before {
        installation,
        epoch: head.epoch.unsigned_abs(),
        lines: rows
            .iter()
            .map(revocation::line)
            .collect::<Result<_, _>>()?,
    }))
}

/// The tables as they were when the backup was made.
async fn migrate(tx: &DatabaseTransaction, file: &BackupFile) -> Result<(), RestoreError> {
    let theirs = &file.head.migrations;
    let ours = gatewright_migrations::names();
    for (place, migration) in theirs.iter().enumerate() {
        if ours.get(place) != Some(migration) {
            return Err(RestoreError::OtherRelease {
                program: file.head.program.clone(),
                migration: migration.clone(),
            });
        }
    }
    let count = u32::try_from(theirs.len()).unwrap_or(u32::MAX);
    let applied = gatewright_migrations::apply_first(tx, count).await;
    applied.map_err(StoreError::from)?;
    Ok(())
}

/// Begins an epoch that is higher than every one before it, those included that nobody remembers: the second in which it
/// begins. Marks the installation as restored.
pub(super) async fn begin_epoch(
    tx: &DatabaseTransaction,
    known: u64,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let head = audit_head::lock(tx).await?;
    let next = head.epoch.max(i64::try_from(known).unwrap_or(i64::MAX)) + 1;
    let epoch = next.max(now.seconds());
    let update = audit_head::Entity::update_many()
        .col_expr(audit_head::Column::Epoch, Expr::value(epoch))
        .filter(audit_head::Column::Id.eq(audit_head::ONE));
    update.exec(tx).await?;
    let update = installation::Entity::update_many()
        .col_expr(installation::Column::Epoch, Expr::value(epoch))
        .col_expr(installation::Column::RestoredAt, Expr::value(now));
    update.exec(tx).await?;
    Ok(epoch.unsigned_abs())
}

/// Nobody knows who signed out since: everybody signs in again.
pub(super) async fn end_sign_ins(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    for table in ["sessions", "sign_in_links", "setup_links"] {
        catalogue::run(tx, format!("DELETE FROM {table}")).await?;
    }
    Ok(())
}
