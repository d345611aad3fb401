//! What a snapshot says of refresh families: those that were revoked while an access token of theirs still lives.

use std::time::Duration;

use gatewright_domain::{id::FamilyId, snapshot::RevokedSession, time::Timestamp};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::{
    error::StoreError,
    snapshot::{SnapshotTerms, all},
};

#[derive(FromQueryResult)]
struct FamilyRow {
    id: FamilyId,
    last_expiry: Timestamp,
}

/// The revoked families whose access tokens no gateway would otherwise refuse for their age, with a minute to spare.
pub(crate) async fn revoked(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Vec<RevokedSession>, StoreError> {
    let spare = Duration::from_secs(u64::from(terms.leeway_s) + 60);
    let sql = "SELECT id, last_expiry FROM refresh_families WHERE revoked_at IS NOT NULL AND last_expiry > $1 ORDER BY id";
    let rows: Vec<FamilyRow> = all(tx, sql, vec![now.minus(spare).millis().into()]).await?;
    let revoked = |row: FamilyRow| RevokedSession {
        sid: row.id.to_string(),
        expires: row.last_expiry,
    };
    Ok(rows.into_iter().map(revoked).collect())
}
