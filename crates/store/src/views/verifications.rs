//! How far the trail was verified, and what came of it.

use gatewright_domain::time::Timestamp;
use sea_orm::FromQueryResult;

use crate::{error::StoreError, reader::Reader, views::Sql};

/// The last verification of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastVerification {
    /// When it ended.
    pub at: Timestamp,
    /// How many events it looked at.
    pub size: u64,
    /// The root over them, in lower-case hexadecimal.
    pub root: String,
    /// The first event that was not as it was written, if one was not.
    pub first_bad: Option<u64>,
}

#[derive(FromQueryResult)]
struct Row {
    at: Timestamp,
    size: i64,
    root: Vec<u8>,
    first_bad: Option<i64>,
}

impl Reader {
    /// The last verification; nothing when there was none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_verification(&self) -> Result<Option<LastVerification>, StoreError> {
        let find = Sql::new(
            "SELECT at, size, root, first_bad FROM audit_verifications ORDER BY at DESC LIMIT 1",
        );
        let row: Option<Row> = find.one(&self.database).await?;
        Ok(row.map(|row| LastVerification {
            at: row.at,
            size: row.size.unsigned_abs(),
            root: row.root.iter().map(|byte| format!("{byte:02x}")).collect(),
            first_bad: row.first_bad.map(i64::unsigned_abs),
        }))
    }
}
