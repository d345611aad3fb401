//! The rows of a backup, put into an empty database.

use std::collections::BTreeMap;

use gatewright_ledger::{verdict::Verdict, verify::Verifier};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::{BackupFile, RestoreError, TABLE, catalogue};
use crate::{
    error::StoreError,
    rows::{audit_event, audit_head},
    verify::{head_of, row_of},
};

/// How many rows, and how many bytes of them, one statement takes.
const ROWS: usize = 500;
const BYTES: usize = 1024 * 1024;

/// Puts every row in, and gives how many there were.
pub(super) async fn load(
    tx: &DatabaseTransaction,
    file: &BackupFile,
    progress: &mut (dyn FnMut(&str, u64) + Send),
) -> Result<u64, RestoreError> {
    let tables = catalogue::tables(tx).await?.into_iter();
    let tables: BTreeMap<String, catalogue::Table> =
        tables.map(|table| (table.name.clone(), table)).collect();
    let mut batch = Batch::default();
    let (mut into, mut all, mut of_table) = (None, 0, 0);
    for line in file.lines().map_err(super::FileError::from)? {
        let line = line.map_err(super::FileError::from)?;
        if let Some(name) = line.strip_prefix(TABLE) {
            batch.put(tx, into).await?;
            tell(into, of_table, progress);
            let table = tables.get(name);
            into = Some(table.ok_or_else(|| RestoreError::NoSuchTable(name.to_owned()))?);
            of_table = 0;
            continue;
        }
        batch.add(&line);
        (all, of_table) = (all + 1, of_table + 1);
        if batch.is_full() {
            batch.put(tx, into).await?;
        }
    }
    batch.put(tx, into).await?;
    tell(into, of_table, progress);
    Ok(all)
}

fn tell(table: Option<&catalogue::Table>, rows: u64, progress: &mut (dyn FnMut(&str, u64) + Send)) {
    if let Some(table) = table {
        progress(&table.name, rows);
    }
}

/// Rows that are put in together: a JSON array without its end.
#[derive(Default)]
struct Batch {
    text: String,
    rows: usize,
}

impl Batch {
    fn add(&mut self, row: &str) {
        self.text.push(if self.rows == 0 { '[' } else { ',' });
        self.text.push_str(row);
        self.rows += 1;
    }

    fn is_full(&self) -> bool {
        ROWS <= self.rows || BYTES <= self.text.len()
    }

    async fn put(
        &mut self,
        tx: &DatabaseTransaction,
        into: Option<&catalogue::Table>,
    ) -> Result<(), RestoreError> {
        let Self { mut text, rows } = std::mem::take(self);
        let Some(table) = into.filter(|_| rows > 0) else {
            return Ok(());
        };
        text.push(']');
        let statement = table.taken_by(tx.get_database_backend(), text);
        tx.execute_raw(statement).await.map_err(StoreError::from)?;
        Ok(())
    }
}

/// Whether the trail that was put in is as it was written.
pub(super) async fn verify(tx: &DatabaseTransaction) -> Result<Verdict, StoreError> {
    let (mut verifier, mut last) = (Verifier::new(), None);
    loop {
        let page = audit_event::page(tx, last).await?;
        let Some(newest) = page.last() else {
            break;
        };
        last = Some(newest.seq);
        if page
            .iter()
            .any(|row| verifier.feed(&row_of(row)).is_break())
        {
            break;
        }
    }
    Ok(verifier.finish(&head_of(&audit_head::read(tx).await?)))
}
