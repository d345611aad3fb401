//! Subscriptions: as the version's owner sees them, and as the application's page shows them.

use gatewright_domain::{
    id::{ApplicationId, SubscriptionId, VersionId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql, apis::number},
};

/// An application that is subscribed to a version.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubscriberRow {
    /// The subscription.
    pub id: SubscriptionId,
    /// The application.
    pub application_id: ApplicationId,
    /// The application's name.
    pub application: String,
    /// The consumer's name.
    pub consumer: String,
    /// The version's number.
    pub version: String,
    /// The plan's name.
    pub plan: String,
    /// The scopes its tokens may carry, as the contract names them.
    pub scopes: Vec<String>,
    /// Where the subscription stands.
    pub status: String,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// The hour of the last call.
    pub last_call: Option<Timestamp>,
    /// When it was opened.
    pub opened_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Subscriber {
    id: SubscriptionId,
    application_id: ApplicationId,
    application: String,
    consumer: String,
    number: i64,
    plan: String,
    scopes: sea_orm::JsonValue,
    status: String,
    calls_30d: i64,
    last_call: Option<Timestamp>,
    opened_at: Timestamp,
}

/// A subscription of an application.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubscriptionRow {
    /// The subscription.
    pub id: SubscriptionId,
    /// The API's name.
    pub api: String,
    /// The version's number.
    pub version: String,
    /// The version's id.
    pub version_id: VersionId,
    /// Where the version stands.
    pub version_status: String,
    /// The plan's name.
    pub plan: String,
    /// The longest a token under it may live, in seconds.
    pub max_token_lifetime_s: i64,
    /// The scopes its tokens may carry, as the contract names them.
    pub scopes: Vec<String>,
    /// Where it stands: active, paused or closed.
    pub status: String,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

#[derive(FromQueryResult)]
struct Row {
    id: SubscriptionId,
    api: String,
    number: i64,
    version_id: VersionId,
    version_status: String,
    plan: String,
    max_token_lifetime_s: i64,
    scopes: sea_orm::JsonValue,
    status: String,
    calls_30d: i64,
    opened_at: Timestamp,
    revision: Revision,
}

impl Sight {
    /// Who is subscribed to a version that is known to be seen, by application.
    pub(crate) async fn subscribers_of(
        &self,
        version: VersionId,
        now: Timestamp,
    ) -> Result<Vec<SubscriberRow>, StoreError> {
        let month = now
            .minus(std::time::Duration::from_secs(30 * 86_400))
            .millis();
        let find = Sql::new(
            "SELECT subscriptions.id, subscriptions.application_id, applications.name AS application, \
             consumers.name AS consumer, versions.number, plans.name AS plan, subscriptions.scopes, \
             subscriptions.status, subscriptions.opened_at, (SELECT MAX(usage_hours.hour) FROM usage_hours \
             WHERE usage_hours.version_id = subscriptions.version_id \
             AND usage_hours.application_id = subscriptions.application_id) AS last_call, \
             COALESCE((SELECT CAST(SUM(usage_hours.calls) AS bigint) FROM usage_hours \
             WHERE usage_hours.version_id = subscriptions.version_id \
             AND usage_hours.application_id = subscriptions.application_id AND usage_hours.hour >=",
        );
        let find = find.value(month).then(
            "), 0) AS calls_30d FROM subscriptions JOIN applications ON applications.id = subscriptions.application_id \
             JOIN consumers ON consumers.id = applications.consumer_id JOIN plans ON plans.id = subscriptions.plan_id \
             JOIN versions ON versions.id = subscriptions.version_id \
             WHERE subscriptions.status <> 'closed' AND subscriptions.version_id =",
        );
        let find = find
            .value(version.uuid())
            .then("ORDER BY applications.name_folded LIMIT 100");
        let rows: Vec<Subscriber> = find.all(&self.database).await?;
        rows.into_iter().map(Subscriber::shown).collect()
    }

    /// The subscriptions of an application to versions that this caller sees, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn subscriptions_of(
        &self,
        application: ApplicationId,
        now: Timestamp,
    ) -> Result<Vec<SubscriptionRow>, StoreError> {
        let month = now
            .minus(std::time::Duration::from_secs(30 * 86_400))
            .millis();
        let find = Sql::new(
            "SELECT subscriptions.id, apis.name AS api, versions.number, versions.id AS version_id, \
             versions.status AS version_status, plans.name AS plan, plans.max_token_lifetime_s, subscriptions.scopes, \
             subscriptions.status, subscriptions.opened_at, subscriptions.revision, \
             COALESCE((SELECT CAST(SUM(usage_hours.calls) AS bigint) FROM usage_hours \
             WHERE usage_hours.version_id = subscriptions.version_id \
             AND usage_hours.application_id = subscriptions.application_id AND usage_hours.hour >=",
        );
        let find = find.value(month).then(
            "), 0) AS calls_30d FROM subscriptions JOIN versions ON versions.id = subscriptions.version_id \
             JOIN apis ON apis.id = versions.api_id JOIN plans ON plans.id = subscriptions.plan_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND subscriptions.application_id =");
        let find = find
            .value(application.uuid())
            .then("ORDER BY subscriptions.id DESC LIMIT 100");
        let rows: Vec<Row> = find.all(&self.database).await?;
        rows.into_iter().map(Row::shown).collect()
    }
}

impl Subscriber {
    fn shown(self) -> Result<SubscriberRow, StoreError> {
        let Self {
            id,
            application_id,
            application,
            consumer,
            number: major,
            plan,
            scopes,
            status,
            calls_30d,
            last_call,
            opened_at,
        } = self;
        let corrupt = |_| StoreError::Corrupt {
            table: "subscriptions",
            column: "scopes",
            row: id.to_string(),
        };
        Ok(SubscriberRow {
            version: number(major),
            scopes: serde_json::from_value(scopes).map_err(corrupt)?,
            id,
            application_id,
            application,
            consumer,
            plan,
            status,
            calls_30d,
            last_call,
            opened_at,
        })
    }
}

impl Row {
    fn shown(self) -> Result<SubscriptionRow, StoreError> {
        let Self {
            id,
            api,
            number: major,
            version_id,
            version_status,
            plan,
            max_token_lifetime_s,
            scopes,
            status,
            calls_30d,
            opened_at,
            revision,
        } = self;
        let corrupt = |_| StoreError::Corrupt {
            table: "subscriptions",
            column: "scopes",
            row: id.to_string(),
        };
        let scopes = serde_json::from_value(scopes).map_err(corrupt)?;
        Ok(SubscriptionRow {
            version: number(major),
            id,
            api,
            version_id,
            version_status,
            plan,
            max_token_lifetime_s,
            scopes,
            status,
            calls_30d,
            opened_at,
            revision,
        })
    }
}
