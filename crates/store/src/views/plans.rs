//! The plans of an API.

use gatewright_domain::{
    handle::ApiHandle,
    id::{ApiId, PlanId},
    limit::RateParts,
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// A plan.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanRow {
    /// Its id.
    pub id: PlanId,
    /// Its name.
    pub name: String,
    /// How fast.
    pub rate: RateParts,
    /// How many requests per UTC day.
    pub daily_quota: Option<i64>,
    /// The longest a token under it may live, in seconds.
    pub max_token_lifetime_s: i64,
    /// Open subscriptions under it.
    pub subscriptions: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed to new subscriptions.
    pub closed_at: Option<Timestamp>,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

#[derive(FromQueryResult)]
struct Row {
    id: PlanId,
    name: String,
    rate_requests: i64,
    rate_per_seconds: i64,
    rate_burst: i64,
    daily_quota: Option<i64>,
    max_token_lifetime_s: i64,
    subscriptions: i64,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    revision: Revision,
}

impl Sight {
    /// The plans of an API, by name.
    ///
    /// # Errors
    /// `NotFound` when there is no such API, or not for this caller.
    pub async fn plans(&self, api: &ApiHandle) -> Result<Vec<PlanRow>, StoreError> {
        let api = self.find_api(api).await?;
        self.plans_of(api.id).await
    }

    /// The plans of an API that is known to be seen, by name.
    pub(crate) async fn plans_of(&self, api: ApiId) -> Result<Vec<PlanRow>, StoreError> {
        let find = Sql::new(
            "SELECT id, name, rate_requests, rate_per_seconds, rate_burst, daily_quota, max_token_lifetime_s, \
             opened_at, closed_at, revision, (SELECT COUNT(*) FROM subscriptions WHERE \
             subscriptions.plan_id = plans.id AND subscriptions.status <> 'closed') AS subscriptions \
             FROM plans WHERE api_id =",
        );
        let rows: Vec<Row> = find
            .value(api.uuid())
            .then("ORDER BY name_folded")
            .all(&self.database)
            .await?;
        Ok(rows.into_iter().map(Row::shown).collect())
    }
}

impl Row {
    fn shown(self) -> PlanRow {
        let part = |stored: i64| u32::try_from(stored).unwrap_or(u32::MAX);
        let Self {
            id,
            name,
            rate_requests,
            rate_per_seconds,
            rate_burst,
            daily_quota,
            max_token_lifetime_s,
            subscriptions,
            opened_at,
            closed_at,
            revision,
        } = self;
        let rate = RateParts {
            requests: part(rate_requests),
            per_seconds: part(rate_per_seconds),
            burst: part(rate_burst),
        };
        PlanRow {
            id,
            name,
            rate,
            daily_quota,
            max_token_lifetime_s,
            subscriptions,
            opened_at,
            closed_at,
            revision,
        }
    }
}
