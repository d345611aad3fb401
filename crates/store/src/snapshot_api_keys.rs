//! The API keys of a snapshot.

use std::{collections::HashMap, time::Duration};

use gatewright_domain::{
    id::{ApiKeyId, ApplicationId, VersionId},
    snapshot::ApiKeyTerms,
    time::Timestamp,
};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::{error::StoreError, snapshot::all};

/// How long gateways are told of a key that has ended, so that its holder's operator reads that it was revoked rather than
/// that it is unknown. Afterwards it is only unknown, and refused all the same; without an end, the list would only grow.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

#[derive(FromQueryResult)]
struct KeyRow {
    id: ApiKeyId,
    fingerprint: String,
    application_id: ApplicationId,
    scopes: sea_orm::JsonValue,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct VersionRow {
    api_key_id: ApiKeyId,
    version_id: VersionId,
}

/// The keys that live, and those that ended lately, in order of id.
pub(crate) async fn api_keys(
    tx: &DatabaseTransaction,
    now: Timestamp,
) -> Result<Vec<ApiKeyTerms>, StoreError> {
    let since = now.minus(REMEMBERED).millis();
    let sql = "SELECT id, fingerprint, application_id, scopes, issued_at, expires_at, revoked_at FROM api_keys \
        WHERE (revoked_at IS NULL OR revoked_at > $1) AND (expires_at IS NULL OR expires_at > $1) ORDER BY id";
    let rows: Vec<KeyRow> = all(tx, sql, vec![since.into()]).await?;
    let sql = "SELECT api_key_versions.api_key_id, api_key_versions.version_id FROM api_key_versions \
        JOIN api_keys ON api_keys.id = api_key_versions.api_key_id \
        WHERE (revoked_at IS NULL OR revoked_at > $1) AND (expires_at IS NULL OR expires_at > $1) ORDER BY version_id";
    let places: Vec<VersionRow> = all(tx, sql, vec![since.into()]).await?;
    let mut of: HashMap<ApiKeyId, Vec<VersionId>> = HashMap::new();
    for VersionRow {
        api_key_id,
        version_id,
    } in places
    {
        of.entry(api_key_id).or_default().push(version_id);
    }
    rows.into_iter()
        .map(|row| {
            let KeyRow {
                id,
                fingerprint,
                application_id: application,
                scopes,
                issued_at: issued,
                expires_at: expires,
                revoked_at,
            } = row;
            let corrupt = |_| StoreError::Corrupt {
                table: "api_keys",
                column: "scopes",
                row: id.to_string(),
            };
            Ok(ApiKeyTerms {
                id,
                fingerprint,
                application,
                versions: of.remove(&id).unwrap_or_default(),
                scopes: serde_json::from_value(scopes).map_err(corrupt)?,
                issued,
                expires,
                revoked: revoked_at.is_some(),
            })
        })
        .collect()
}
