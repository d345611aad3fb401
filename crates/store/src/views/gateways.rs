//! The gateways: what each enforces, and since when.

use std::{collections::BTreeMap, time::Duration};

use gatewright_domain::{
    id::GatewayId,
    staleness::{Staleness, WhenStale},
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    reader::Reader,
    rows::{Place, version::staleness},
    views::{Sight, Sql},
};

/// How much later a gateway is heard than it knows that it is up to date, in seconds: the one in the server says so every
/// five. What is shown never begins before it is so.
const WORD: u64 = 6;

/// A gateway in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatewayRow {
    /// Its id; the nil id for the one inside the server.
    pub id: GatewayId,
    /// Its name.
    pub name: String,
    /// When it was enrolled; nothing for the one inside the server.
    pub enrolled_at: Option<Timestamp>,
    /// The revision it enforces.
    pub revision: Option<i64>,
    /// Since when.
    pub applied_at: Option<Timestamp>,
    /// When it was last heard of.
    pub seen_at: Option<Timestamp>,
    /// For how many seconds nothing was heard of it.
    pub out_of_touch_s: Option<u64>,
    /// Of how many versions it must refuse reads by now, as they ask of gateways that are out of touch.
    pub refuses_reads_of: u64,
    /// Of how many versions it must refuse writes by now.
    pub refuses_writes_of: u64,
}

/// What one gateway says of one revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The gateway's name.
    pub gateway: String,
    /// Since when it enforces the revision, or a later one; nothing while it is behind.
    pub applied_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Row {
    id: GatewayId,
    name: String,
    enrolled_at: Option<Timestamp>,
    revision: Option<i64>,
    applied_at: Option<Timestamp>,
    seen_at: Option<Timestamp>,
}

/// So many versions ask for the same of gateways that are out of touch.
struct Promise {
    contract: Staleness,
    versions: u64,
}

#[derive(FromQueryResult)]
struct PromiseRow {
    stale_after_s: i64,
    stale_reads: String,
    stale_writes: String,
    versions: i64,
}

#[derive(FromQueryResult)]
struct First {
    gateway_id: GatewayId,
    applied_at: Timestamp,
}

/// The enrolled ones, and the one inside the server once it has said something.
/// What one says of an earlier epoch says nothing of this one: numbers began anew.
const FIND: &str = "SELECT gateways.id, gateways.name, gateways.enrolled_at, \
    CASE WHEN gateway_acks.epoch = audit_head.epoch THEN gateway_acks.revision END AS revision, \
    CASE WHEN gateway_acks.epoch = audit_head.epoch THEN gateway_acks.applied_at END AS applied_at, \
    gateway_acks.seen_at FROM gateways CROSS JOIN audit_head \
    LEFT JOIN gateway_acks ON gateway_acks.gateway_id = gateways.id WHERE gateways.removed_at IS NULL \
    UNION ALL SELECT gateway_acks.gateway_id, 'embedded', NULL, \
    CASE WHEN gateway_acks.epoch = audit_head.epoch THEN gateway_acks.revision END, \
    CASE WHEN gateway_acks.epoch = audit_head.epoch THEN gateway_acks.applied_at END, \
    gateway_acks.seen_at FROM gateway_acks CROSS JOIN audit_head WHERE NOT EXISTS (SELECT 1 FROM gateways \
    WHERE gateways.id = gateway_acks.gateway_id) AND gateway_acks.gateway_id =";

impl Sight {
    /// The gateways, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gateways(&self, now: Timestamp) -> Result<Vec<GatewayRow>, StoreError> {
        let rows: Vec<Row> = Sql::new(FIND)
            .value(nil())
            .then("ORDER BY name")
            .all(&self.database)
            .await?;
        let promises = self.promises().await?;
        Ok(rows
            .into_iter()
            .map(|row| row.shown(&promises, now))
            .collect())
    }

    /// The gateways' ids and names, by name.
    pub(crate) async fn gateway_names(&self) -> Result<Vec<(GatewayId, String)>, StoreError> {
        let find = Sql::new(FIND).value(nil()).then("ORDER BY name");
        let rows: Vec<Row> = find.all(&self.database).await?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }

    /// What the versions that can be called ask of gateways that are out of touch.
    async fn promises(&self) -> Result<Vec<Promise>, StoreError> {
        let find = Sql::new(
            "SELECT stale_after_s, stale_reads, stale_writes, COUNT(*) AS versions FROM versions \
             WHERE status IN ('published', 'deprecated') GROUP BY stale_after_s, stale_reads, stale_writes",
        );
        let rows: Vec<PromiseRow> = find.all(&self.database).await?;
        let promise = |row: PromiseRow| {
            let at = Place::of("versions", "all");
            let (reads, writes) = (&row.stale_reads, &row.stale_writes);
            Ok(Promise {
                contract: staleness(&at, row.stale_after_s, reads, writes)?,
                versions: row.versions.unsigned_abs(),
            })
        };
        rows.into_iter().map(promise).collect()
    }
}

impl Reader {
    /// What every gateway says of a revision. For whoever raised it: it shows no more than that it is enforced.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receipts(&self, revision: u64) -> Result<Vec<Receipt>, StoreError> {
        let rows: Vec<Row> = Sql::new(FIND)
            .value(nil())
            .then("ORDER BY name")
            .all(&self.database)
            .await?;
        let first = self.first_receipts(revision).await?;
        let receipt = |row: Row| {
            let applied = row.revision.and_then(|number| u64::try_from(number).ok());
            let applied_at = row
                .applied_at
                .filter(|_| applied.is_some_and(|applied| applied >= revision));
            // It may have gone on to later revisions since.
            let applied_at = applied_at.map(|at| first.get(&row.id).copied().unwrap_or(at));
            Receipt {
                gateway: row.name,
                applied_at,
            }
        };
        Ok(rows.into_iter().map(receipt).collect())
    }
}

impl Reader {
    /// When each gateway first enforced a revision or a later one, of those that kept a receipt.
    async fn first_receipts(
        &self,
        revision: u64,
    ) -> Result<BTreeMap<GatewayId, Timestamp>, StoreError> {
        let find = Sql::new(
            "SELECT gateway_id, MIN(applied_at) AS applied_at FROM gateway_receipts \
             WHERE epoch = (SELECT epoch FROM audit_head) AND revision >=",
        );
        let find = find.value(i64::try_from(revision).unwrap_or(i64::MAX));
        let rows: Vec<First> = find.then("GROUP BY gateway_id").all(&self.database).await?;
        let first = rows.into_iter().map(|row| (row.gateway_id, row.applied_at));
        Ok(first.collect())
    }
}

fn nil() -> sea_orm::prelude::Uuid {
    sea_orm::prelude::Uuid::nil()
}

impl Row {
    fn shown(self, promises: &[Promise], now: Timestamp) -> GatewayRow {
        let Self {
            id,
            name,
            enrolled_at,
            revision,
            applied_at,
            seen_at,
        } = self;
        let out_of_touch_s = seen_at.map(|seen| now.since(seen).as_secs());
        // One that was never heard has no snapshot, and refuses everything for that.
        let age = Duration::from_secs(out_of_touch_s.unwrap_or(0).saturating_sub(WORD));
        let over = promises
            .iter()
            .filter(|promise| promise.contract.is_over(age));
        let (mut refuses_reads_of, mut refuses_writes_of) = (0, 0);
        for Promise { contract, versions } in over {
            if contract.reads == WhenStale::Refuse {
                refuses_reads_of += versions;
            }
            if contract.writes == WhenStale::Refuse {
                refuses_writes_of += versions;
            }
        }
        GatewayRow {
            id,
            name,
            enrolled_at,
            revision,
            applied_at,
            seen_at,
            out_of_touch_s,
            refuses_reads_of,
            refuses_writes_of,
        }
    }
}
