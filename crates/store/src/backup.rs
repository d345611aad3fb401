//! Backups: everything that is stored, as lines of text that either engine reads back.
//!
//! A backup is read in one transaction that sees one state, while writers go on. Tables and columns are asked of the database
//! itself, so that no table can be forgotten. The first line says what it is of, the last one holds the checksum of all
//! before it.

mod catalogue;
mod file;
mod load;
mod reconcile;
mod restore;

use std::{io::Write, pin::pin};

use futures_util::TryStreamExt;
use gatewright_domain::{id::InstallationId, time::Timestamp};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IsolationLevel,
    Statement, StreamTrait, TransactionTrait,
};
use serde::{Deserialize, Serialize};

use crate::{
    error::StoreError,
    reader::Reader,
    rows::{Place, audit_head, installation},
};

use catalogue::Table;
pub use file::{BackupFile, FileError};
pub use reconcile::{Recovered, Trust};
pub use restore::{Onto, RestoreError, Restored};

/// What the first line of a backup says it is.
pub(crate) const FORMAT: &str = "gatewright-backup/1";

/// The first line of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupHead {
    /// `FORMAT`.
    pub format: String,
    /// The release that made it.
    pub program: String,
    /// The installation it is of.
    pub installation: InstallationId,
    /// The epoch.
    pub epoch: u64,
    /// The revision: how many events the trail holds.
    pub revision: u64,
    /// The root of the trail, in hexadecimal.
    pub root: String,
    /// The database that it was read from.
    pub engine: String,
    /// The migrations that the database had, in order.
    pub migrations: Vec<String>,
    /// The key-encryption keys that open what is sealed in it. The keys themselves are not in it.
    pub keks: Vec<String>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// The last line of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupEnd {
    /// How many rows it holds.
    pub rows: u64,
    /// SHA-256 of every byte before this line, in hexadecimal.
    pub sha256: String,
}

/// What a line begins with that begins a table, and what the last line begins with. Rows begin with a brace.
const TABLE: &str = "= ";
const END: &str = ". ";

impl Reader {
    /// Writes a backup. `keks` are the names of the key-encryption keys it will need; `progress` is told each table with the
    /// number of rows in it.
    ///
    /// # Errors
    /// `Unusable` when it cannot be written; `Database`.
    pub async fn back_up(
        &self,
        out: &mut (dyn Write + Send),
        keks: Vec<String>,
        now: Timestamp,
        progress: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<(BackupHead, BackupEnd), StoreError> {
        let isolation = Some(IsolationLevel::RepeatableRead);
        let access = Some(AccessMode::ReadOnly);
        let tx = self.database.begin_with_config(isolation, access).await?;
        let written = write(&tx, out, keks, now, progress).await;
        tx.rollback().await?;
        written
    }
}

async fn write(
    tx: &DatabaseTransaction,
    out: &mut (dyn Write + Send),
    keks: Vec<String>,
    now: Timestamp,
    progress: &mut (dyn FnMut(&str, u64) + Send),
) -> Result<(BackupHead, BackupEnd), StoreError> {
    let head = head(tx, keks, now).await?;
    let mut lines = file::Lines::to(out);
    let text = serde_json::to_string(&head).map_err(|_| StoreError::TooLarge)?;
    lines.put("", &text)?;
    let mut all = 0;
    for table in catalogue::tables(tx).await? {
        lines.put(TABLE, &table.name)?;
        let rows = rows(tx, &table, &mut lines).await?;
        progress(&table.name, rows);
        all += rows;
    }
    let end = lines.end(all)?;
    Ok((head, end))
}

async fn head(
    tx: &DatabaseTransaction,
    keks: Vec<String>,
    now: Timestamp,
) -> Result<BackupHead, StoreError> {
    let found = installation::Entity::find().one(tx).await?;
    let installation = found.ok_or(StoreError::NotFound)?;
    let head = audit_head::read(tx).await?;
    let at = Place::of("audit_head", head.id);
    let engine = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "postgresql",
        _ => "sqlite",
    };
    Ok(BackupHead {
        format: FORMAT.to_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        installation: installation.id,
        epoch: at.number("epoch", head.epoch)?,
        revision: at.number("size", head.size)?,
        root: head.root.iter().map(|byte| format!("{byte:02x}")).collect(),
        engine: engine.to_owned(),
        migrations: catalogue::migrations(tx).await?,
        keks,
        made_at: now,
    })
}

/// Writes every row of a table, one by one as they come.
async fn rows(
    tx: &DatabaseTransaction,
    table: &Table,
    lines: &mut file::Lines<'_>,
) -> Result<u64, StoreError> {
    let backend = ConnectionTrait::get_database_backend(tx);
    let statement = Statement::from_string(backend, table.told_by(backend));
    let mut stream = pin!(tx.stream_raw(statement).await?);
    let mut count = 0;
    while let Some(row) = stream.try_next().await? {
        let line: String = row.try_get("", "line")?;
        lines.put("", &line)?;
        count += 1;
    }
    Ok(count)
}
