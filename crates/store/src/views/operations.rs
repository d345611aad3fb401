//! The operations of a version, with how often each was called.

use std::collections::BTreeMap;

use gatewright_domain::{id::VersionId, operation::Operation, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// An operation of a version.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperationRow {
    /// The method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The contract's `operationId`.
    pub operation_id: Option<String>,
    /// The contract's summary.
    pub summary: Option<String>,
    /// The alternatives of scopes, one of which a token must carry whole; empty when it needs none.
    pub requires: Vec<Vec<String>>,
    /// Whether the contract calls it deprecated.
    pub deprecated: bool,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
}

#[derive(FromQueryResult)]
struct Calls {
    method: String,
    path: String,
    calls: i64,
}

impl Sight {
    /// The operations a contract describes, with the calls of a version that is known to be seen.
    pub(crate) async fn operations_of(
        &self,
        version: VersionId,
        described: Vec<Operation>,
        now: Timestamp,
    ) -> Result<Vec<OperationRow>, StoreError> {
        let month = now.minus(std::time::Duration::from_secs(30 * 86_400));
        let find = Sql::new(
            "SELECT method, path, CAST(SUM(calls) AS bigint) AS calls FROM usage_hours WHERE version_id =",
        );
        let find = find
            .value(version.uuid())
            .then("AND hour >=")
            .value(month.millis());
        let calls: Vec<Calls> = find
            .then("GROUP BY method, path")
            .all(&self.database)
            .await?;
        let calls: BTreeMap<(String, String), i64> = calls
            .into_iter()
            .map(|row| ((row.method, row.path), row.calls))
            .collect();
        let shown = described.into_iter().map(|operation| {
            let Operation {
                method,
                path,
                operation_id,
                summary,
                requires,
                deprecated,
            } = operation;
            let key = (method.to_string(), path.clone());
            let alternatives = requires.alternatives().iter();
            OperationRow {
                calls_30d: calls.get(&key).copied().unwrap_or(0),
                method: key.0,
                path,
                operation_id,
                summary,
                requires: alternatives
                    .map(|all| all.iter().map(ToString::to_string).collect())
                    .collect(),
                deprecated,
            }
        });
        Ok(shown.collect())
    }
}
