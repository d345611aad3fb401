//! The versions of a snapshot, routed.

use std::collections::BTreeMap;

use gatewright_domain::{
    id::VersionId,
    operation::{Operation, Scope},
    revocation::RevocationKind,
    snapshot::{RouteState, RoutedOperation, RoutedVersion},
    text::{ApiName, Upstream, VersionNumber},
    time::Timestamp,
};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::{
    error::StoreError,
    rows::{Place, version::staleness},
    snapshot::{SnapshotTerms, all},
    snapshot_revocations::Watermarks,
};

#[derive(FromQueryResult)]
struct VersionRow {
    id: VersionId,
    api: String,
    number: i64,
    status: String,
    upstream: String,
    deprecated_at: Option<Timestamp>,
    sunset_at: Option<Timestamp>,
    blocked_reason: Option<String>,
    retired_at: Option<Timestamp>,
    stale_after_s: i64,
    stale_reads: String,
    stale_writes: String,
    operations: sea_orm::JsonValue,
}

pub(crate) async fn versions(
    tx: &DatabaseTransaction,
    terms: &SnapshotTerms,
    watermarks: &Watermarks,
) -> Result<Vec<RoutedVersion>, StoreError> {
    let sql = "SELECT versions.id, apis.name AS api, versions.number, versions.status, versions.upstream, \
        versions.deprecated_at, versions.sunset_at, versions.blocked_reason, versions.retired_at, \
        versions.stale_after_s, versions.stale_reads, versions.stale_writes, contract_revisions.operations FROM versions JOIN apis ON apis.id = versions.api_id \
        JOIN contract_revisions ON contract_revisions.id = versions.contract_id \
        WHERE versions.status NOT IN ('draft', 'discarded') ORDER BY apis.name, versions.number";
    let rows: Vec<VersionRow> = all(tx, sql, vec![]).await?;
    let mut live: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.status == "published") {
        live.entry(row.api.clone()).or_default().push(row.number);
    }
    rows.into_iter()
        .map(|row| {
            let siblings = live.get(&row.api).map_or(&[][..], Vec::as_slice);
            let successor = siblings
                .iter()
                .copied()
                .filter(|number| *number > row.number)
                .max();
            let not_before = watermarks.of(RevocationKind::Version, &row.id.to_string());
            let routed = row.routed(terms, successor)?;
            Ok(RoutedVersion {
                not_before,
                ..routed
            })
        })
        .collect()
}

impl VersionRow {
    fn routed(
        self,
        terms: &SnapshotTerms,
        successor: Option<i64>,
    ) -> Result<RoutedVersion, StoreError> {
        let Self {
            id,
            api,
            number,
            status,
            upstream,
            deprecated_at,
            sunset_at,
            blocked_reason,
            retired_at,
            stale_after_s,
            stale_reads,
            stale_writes,
            operations,
        } = self;
        let corrupt = |column| StoreError::Corrupt {
            table: "versions",
            column,
            row: id.to_string(),
        };
        let api: ApiName = api.parse().map_err(|_| corrupt("api"))?;
        let number = version_number(number).ok_or_else(|| corrupt("number"))?;
        let state = match (
            status.as_str(),
            deprecated_at,
            sunset_at,
            blocked_reason,
            retired_at,
        ) {
            ("published", ..) => RouteState::Published,
            ("deprecated", Some(at), Some(sunset), ..) => RouteState::Deprecated { at, sunset },
            ("blocked", _, _, Some(reason), _) => RouteState::Blocked { reason },
            ("retired", _, _, _, Some(at)) => RouteState::Retired { at },
            _ => return Err(corrupt("status")),
        };
        let operations: Vec<Operation> =
            serde_json::from_value(operations).map_err(|_| corrupt("operations"))?;
        let place = Place::of("versions", id);
        let staleness = staleness(&place, stale_after_s, &stale_reads, &stale_writes)?;
        let upstream: Upstream = upstream.parse().map_err(|_| corrupt("upstream"))?;
        Ok(RoutedVersion {
            id,
            audience: terms.audience(&api, number),
            successor: successor.and_then(version_number),
            operations: operations
                .into_iter()
                .map(|operation| route(&api, number, operation))
                .collect(),
            api,
            number,
            upstream,
            state,
            not_before: None,
            staleness,
        })
    }
}

fn version_number(stored: i64) -> Option<VersionNumber> {
    u16::try_from(stored).ok()?.try_into().ok()
}

/// An operation with its scopes as tokens carry them.
fn route(api: &ApiName, version: VersionNumber, operation: Operation) -> RoutedOperation {
    let Operation {
        method,
        path,
        requires,
        ..
    } = operation;
    let wire = |name: &gatewright_domain::text::ScopeName| {
        Scope {
            api: api.clone(),
            version,
            name: name.clone(),
        }
        .to_string()
    };
    let requires = requires
        .alternatives()
        .iter()
        .map(|all| all.iter().map(wire).collect())
        .collect();
    RoutedOperation {
        method,
        path,
        requires,
    }
}
