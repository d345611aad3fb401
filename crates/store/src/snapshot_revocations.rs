//! What a snapshot says of revocations: names one by one, watermarks as the latest of each.

use std::{collections::BTreeMap, time::Duration};

use gatewright_domain::{
    revocation::RevocationKind,
    snapshot::{RevokedSession, RevokedToken},
    time::Timestamp,
    token::Jti,
};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::{
    error::StoreError,
    snapshot::{SnapshotTerms, all},
};

/// The latest watermark of everything that has one.
pub(crate) struct Watermarks(BTreeMap<(RevocationKind, String), Timestamp>);

#[derive(FromQueryResult)]
struct WatermarkRow {
    kind: String,
    key: String,
    not_before: Timestamp,
}

#[derive(FromQueryResult)]
struct NameRow {
    key: String,
    expires_at: Timestamp,
}

impl Watermarks {
    pub(crate) async fn read(tx: &DatabaseTransaction) -> Result<Self, StoreError> {
        let sql = "SELECT kind, key, MAX(not_before) AS not_before FROM revocations WHERE not_before IS NOT NULL \
            GROUP BY kind, key ORDER BY kind, key";
        let rows: Vec<WatermarkRow> = all(tx, sql, vec![]).await?;
        let watermark = |row: WatermarkRow| {
            let corrupt = |_| StoreError::Corrupt {
                table: "revocations",
                column: "kind",
                row: row.key.clone(),
            };
            let kind = row.kind.parse().map_err(corrupt)?;
            Ok(((kind, row.key), row.not_before))
        };
        let watermarks: Result<_, StoreError> = rows.into_iter().map(watermark).collect();
        Ok(Self(watermarks?))
    }

    /// Tokens issued before this moment are refused, as far as this thing goes.
    pub(crate) fn of(&self, kind: RevocationKind, key: &str) -> Option<Timestamp> {
        self.0.get(&(kind, key.to_owned())).copied()
    }
}

/// The revoked tokens that no gateway would otherwise refuse for their age, with a minute to spare. Those whose row of their
/// own says so, and those of which only the revocation is known;
/// API keys by their ids, which stand for the names of tokens (`ApiKeyTerms::facts`).
pub(crate) async fn tokens(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Vec<RevokedToken>, StoreError> {
    let sql = "SELECT jti AS key, expires_at FROM tokens WHERE revoked_at IS NOT NULL AND expires_at > $1 \
        UNION SELECT key, COALESCE(expires_at, $2) FROM revocations WHERE kind IN ('token', 'api-key') \
        AND (expires_at > $1 OR expires_at IS NULL) ORDER BY key";
    let rows: Vec<NameRow> = all(
        tx,
        sql,
        vec![alive(terms, now), Timestamp::END.millis().into()],
    )
    .await?;
    let revoked = |row: NameRow| RevokedToken {
        jti: Jti::from_wire(row.key),
        expires: row.expires_at,
    };
    Ok(rows.into_iter().map(revoked).collect())
}

/// The revoked sessions, likewise.
pub(crate) async fn sessions(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    now: Timestamp,
) -> Result<Vec<RevokedSession>, StoreError> {
    let sql = "SELECT key, MAX(expires_at) AS expires_at FROM revocations WHERE kind = 'session' AND expires_at > $1 \
        GROUP BY key ORDER BY key";
    let rows: Vec<NameRow> = all(tx, sql, vec![alive(terms, now)]).await?;
    let revoked = |row: NameRow| RevokedSession {
        sid: row.key,
        expires: row.expires_at,
    };
    Ok(rows.into_iter().map(revoked).collect())
}

fn alive(terms: &SnapshotTerms, now: Timestamp) -> sea_orm::Value {
    let spare = Duration::from_secs(u64::from(terms.leeway_s) + 60);
    now.minus(spare).millis().into()
}
