//! A version: as a row of its API, and as a page of its own.

use std::collections::BTreeSet;

use gatewright_domain::{
    handle::ApiHandle,
    id::{ApiId, RevisionId, TeamId, VersionId},
    operation::Operation,
    revision::Revision,
    staleness::Staleness,
    text::VersionNumber,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::{Place, version::staleness},
    views::{
        Sight, Sql, apis::number, operations::OperationRow, plans::PlanRow,
        subscriptions::SubscriberRow,
    },
};

/// A version in a list.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionRow {
    /// Its id.
    pub id: VersionId,
    /// Its API's id.
    #[serde(skip)]
    pub api_id: ApiId,
    /// Its API's name.
    pub api: String,
    /// The owner of its API.
    #[serde(skip)]
    pub team_id: TeamId,
    /// Its number.
    #[sea_orm(skip)]
    pub number: String,
    /// Its major version as a number.
    #[serde(skip)]
    pub major: i64,
    /// Where it stands: draft, published, deprecated, blocked, retired or discarded.
    pub status: String,
    /// Where its requests go.
    pub upstream: String,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// When its end was announced.
    pub deprecated_at: Option<Timestamp>,
    /// When it is to end.
    pub sunset: Option<Timestamp>,
    /// Since when it is blocked.
    pub blocked_at: Option<Timestamp>,
    /// Why it is blocked.
    pub blocked_reason: Option<String>,
    /// When it was retired.
    pub retired_at: Option<Timestamp>,
    /// The revision of its contract in use.
    pub contract_id: Option<RevisionId>,
    /// How many operations its contract describes; a version's page lists them under that name.
    #[serde(rename = "operation_count")]
    pub operations: i64,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// Applications that called it in the last 30 days.
    pub callers_30d: i64,
    /// What becomes of its calls at gateways that are out of touch.
    #[sea_orm(skip)]
    pub staleness: Staleness,
    #[serde(skip)]
    stale_after_s: i64,
    #[serde(skip)]
    stale_reads: String,
    #[serde(skip)]
    stale_writes: String,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

/// A version with what is inside it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionPage {
    /// The version itself.
    #[serde(flatten)]
    pub version: VersionRow,
    /// The contract in use.
    pub contract: Option<ContractMark>,
    /// The operations of the contract, in its order.
    pub operations: Vec<OperationRow>,
    /// The scopes the contract names, sorted.
    pub scopes: BTreeSet<String>,
    /// The plans of the API, by name.
    pub plans: Vec<PlanRow>,
    /// Who is subscribed.
    pub subscribers: Vec<SubscriberRow>,
    /// The moves that its status allows, in the product's verbs.
    pub moves: Vec<&'static str>,
}

/// A revision of a contract, without the document.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContractMark {
    /// Its id.
    pub id: RevisionId,
    /// Its number within the version, from 1.
    pub number: i64,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: String,
    /// The document's own title.
    pub title: String,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Contract {
    id: RevisionId,
    number: i64,
    digest: String,
    title: String,
    uploaded_at: Timestamp,
    operations: sea_orm::JsonValue,
    scopes: sea_orm::JsonValue,
}

const FIND: &str = "SELECT versions.id, versions.api_id, apis.name AS api, apis.team_id, versions.number AS major, \
    versions.status, versions.upstream, versions.drafted_at, versions.published_at, versions.deprecated_at, \
    versions.sunset_at AS sunset, versions.blocked_at, versions.blocked_reason, versions.retired_at, \
    versions.contract_id, versions.revision, versions.stale_after_s, versions.stale_reads, versions.stale_writes, \
     COALESCE((SELECT contract_revisions.operation_count FROM contract_revisions \
     WHERE contract_revisions.id = versions.contract_id), 0) AS operations, (SELECT COUNT(DISTINCT usage_hours.application_id) FROM usage_hours \
    WHERE usage_hours.version_id = versions.id AND usage_hours.hour >=";

impl Sight {
    /// The versions of an API that is known to be seen, the oldest first.
    pub(crate) async fn versions_of(
        &self,
        api: ApiId,
        now: Timestamp,
    ) -> Result<Vec<VersionRow>, StoreError> {
        let find =
            Self::versions_since(now).then("versions.status <> 'discarded' AND versions.api_id =");
        let rows: Vec<VersionRow> = find
            .value(api.uuid())
            .then("ORDER BY versions.number")
            .all(&self.database)
            .await?;
        rows.into_iter().map(VersionRow::read).collect()
    }

    /// One version.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn version(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
        now: Timestamp,
    ) -> Result<VersionPage, StoreError> {
        let version = self.version_row(api, number, now).await?;
        let contract = match version.contract_id {
            Some(id) => self.contract(id).await?,
            None => None,
        };
        let (contract, described, scopes) = match contract {
            Some(Contract {
                id,
                number,
                digest,
                title,
                uploaded_at,
                operations,
                scopes,
            }) => {
                let mark = ContractMark {
                    id,
                    number,
                    digest,
                    title,
                    uploaded_at,
                };
                let corrupt = |column| StoreError::Corrupt {
                    table: "contract_revisions",
                    column,
                    row: mark.id.to_string(),
                };
                let operations: Vec<Operation> =
                    serde_json::from_value(operations).map_err(|_| corrupt("operations"))?;
                let scopes = serde_json::from_value(scopes).map_err(|_| corrupt("scopes"))?;
                (Some(mark), operations, scopes)
            }
            None => (None, Vec::new(), BTreeSet::new()),
        };
        let operations = self.operations_of(version.id, described, now).await?;
        let plans = self.plans_of(version.api_id).await?;
        let subscribers = self.subscribers_of(version.id, now).await?;
        let moves = moves(&version.status, version.contract_id.is_some());
        Ok(VersionPage {
            version,
            contract,
            operations,
            scopes,
            plans,
            subscribers,
            moves,
        })
    }

    /// One version without what is inside it.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn version_row(
        &self,
        api: &ApiHandle,
        number: VersionNumber,
        now: Timestamp,
    ) -> Result<VersionRow, StoreError> {
        let find = Self::versions_since(now).within("apis.team_id", &self.horizon);
        let find = match api {
            ApiHandle::Id(id) => find.then("AND apis.id =").value(id.uuid()),
            ApiHandle::Name(name) => find.then("AND apis.name =").value(name.as_str()),
        };
        let find = find.then("AND versions.status <> 'discarded' AND versions.number =");
        let row: Option<VersionRow> = find
            .value(i64::from(number.major()))
            .one(&self.database)
            .await?;
        row.ok_or(StoreError::NotFound)?.read()
    }

    async fn contract(&self, id: RevisionId) -> Result<Option<Contract>, StoreError> {
        let find = Sql::new(
            "SELECT id, number, digest, title, uploaded_at, operations, scopes FROM contract_revisions WHERE id =",
        );
        find.value(id.uuid()).one(&self.database).await
    }

    fn versions_since(now: Timestamp) -> Sql {
        let month = now
            .minus(std::time::Duration::from_secs(30 * 86_400))
            .millis();
        let find = Sql::new(FIND).value(month).then(") AS callers_30d,");
        let find = find.then(
            "COALESCE((SELECT CAST(SUM(usage_hours.calls) AS bigint) FROM usage_hours \
             WHERE usage_hours.version_id = versions.id AND usage_hours.hour >=",
        );
        let find = find.value(month).then("), 0) AS calls_30d");
        find.then("FROM versions JOIN apis ON apis.id = versions.api_id WHERE")
    }
}

impl VersionRow {
    fn read(self) -> Result<Self, StoreError> {
        let at = Place::of("versions", self.id);
        let (reads, writes) = (&self.stale_reads, &self.stale_writes);
        Ok(Self {
            number: number(self.major),
            staleness: staleness(&at, self.stale_after_s, reads, writes)?,
            ..self
        })
    }
}

/// What the lifecycle allows next (`domain::version`), in the product's verbs.
fn moves(status: &str, has_contract: bool) -> Vec<&'static str> {
    match (status, has_contract) {
        ("draft", true) => vec!["publish", "discard"],
        ("draft", false) => vec!["discard"],
        ("published", _) => vec!["deprecate", "block"],
        ("deprecated", _) => vec!["deprecate", "retire", "block"],
        ("blocked", _) => vec!["unblock"],
        _ => vec![],
    }
}
