//! The first page: what needs attention, and what happened in the last 24 hours.

use std::time::Duration;

use gatewright_domain::{id::TokenId, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql, apis::number},
};

/// What the first page shows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomePage {
    /// Calls in the last 24 hours.
    pub calls: i64,
    /// Calls by hour, the oldest first; hours without calls are left out.
    pub hours: Vec<HourCount>,
    /// Refusals in the last 24 hours by reason, the most frequent first.
    pub refusals: Vec<ReasonCount>,
    /// How much there is of everything.
    pub counts: Counts,
    /// Versions whose end is announced and which are still called.
    pub ending: Vec<EndingVersion>,
    /// Tokens that end within seven days.
    pub expiring: Vec<ExpiringToken>,
}

/// Calls of one hour.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HourCount {
    /// The start of the hour.
    pub hour: Timestamp,
    /// How many calls.
    pub calls: i64,
    /// How many of them were refused.
    pub refused: i64,
}

/// Refusals for one reason.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReasonCount {
    /// The reason.
    pub reason: String,
    /// The status of the answers.
    pub status: i64,
    /// How many.
    pub calls: i64,
    /// By how many applications.
    pub applications: i64,
    /// The hour of the last one.
    pub last: Timestamp,
}

/// How much there is: the four steps of a new installation, counted.
#[derive(Clone, Copy, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counts {
    /// APIs.
    pub apis: i64,
    /// Versions that were ever published.
    pub published: i64,
    /// Consumers.
    pub consumers: i64,
    /// Applications.
    pub applications: i64,
    /// Tokens that were ever issued.
    pub tokens: i64,
}

/// A version that ends while it is called.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndingVersion {
    /// Its API.
    pub api: String,
    /// Its number.
    pub version: String,
    /// When it ends.
    pub sunset: Timestamp,
    /// Calls in the last seven days.
    pub calls: i64,
}

/// A token that ends soon.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpiringToken {
    /// Its id.
    pub id: TokenId,
    /// What people call it.
    pub name: String,
    /// The application's name.
    pub application: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Ending {
    api: String,
    number: i64,
    sunset: Timestamp,
    calls: i64,
}

const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

impl Sight {
    /// The first page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn home(&self, now: Timestamp) -> Result<HomePage, StoreError> {
        let hours = self.hours(now.minus(DAY)).await?;
        Ok(HomePage {
            calls: hours.iter().map(|hour| hour.calls).sum(),
            hours,
            refusals: self.refusals(now.minus(DAY)).await?,
            counts: self.counts().await?,
            ending: self.ending(now).await?,
            expiring: self.expiring(now).await?,
        })
    }

    async fn hours(&self, since: Timestamp) -> Result<Vec<HourCount>, StoreError> {
        let find = Sql::new(
            "SELECT usage_hours.hour, CAST(SUM(usage_hours.calls) AS bigint) AS calls, \
             CAST(SUM(CASE WHEN usage_hours.reason = '' THEN 0 ELSE usage_hours.calls END) AS bigint) AS refused \
             FROM usage_hours LEFT JOIN versions ON versions.id = usage_hours.version_id \
             LEFT JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND usage_hours.hour >=")
            .value(since.millis());
        find.then("GROUP BY usage_hours.hour ORDER BY usage_hours.hour")
            .all(&self.database)
            .await
    }

    async fn refusals(&self, since: Timestamp) -> Result<Vec<ReasonCount>, StoreError> {
        let find = Sql::new(
            "SELECT usage_hours.reason, MAX(usage_hours.status) AS status, \
             CAST(SUM(usage_hours.calls) AS bigint) AS calls, COUNT(DISTINCT usage_hours.application_id) AS applications, \
             MAX(usage_hours.hour) AS last FROM usage_hours \
             LEFT JOIN versions ON versions.id = usage_hours.version_id \
             LEFT JOIN apis ON apis.id = versions.api_id WHERE usage_hours.reason <> '' AND",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND usage_hours.hour >=")
            .value(since.millis());
        find.then("GROUP BY usage_hours.reason ORDER BY calls DESC, reason")
            .all(&self.database)
            .await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        let find = Sql::new("SELECT (SELECT COUNT(*) FROM apis WHERE")
            .within("apis.team_id", &self.horizon);
        let find = find.then(") AS apis, (SELECT COUNT(*) FROM versions JOIN apis ON apis.id = versions.api_id WHERE");
        let find = find.within("apis.team_id", &self.horizon).then(
            "AND versions.published_at IS NOT NULL) AS published, (SELECT COUNT(*) FROM consumers) AS consumers, \
             (SELECT COUNT(*) FROM applications) AS applications, (SELECT COUNT(*) FROM tokens) AS tokens",
        );
        find.one(&self.database).await?.ok_or(StoreError::NotFound)
    }

    async fn ending(&self, now: Timestamp) -> Result<Vec<EndingVersion>, StoreError> {
        let find = Sql::new(
            "SELECT apis.name AS api, versions.number, versions.sunset_at AS sunset, \
             CAST(SUM(usage_hours.calls) AS bigint) AS calls FROM versions JOIN apis ON apis.id = versions.api_id \
             JOIN usage_hours ON usage_hours.version_id = versions.id WHERE versions.status = 'deprecated' AND",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND usage_hours.hour >=");
        let find = find.value(now.minus(WEEK).millis());
        let find = find.then(
            "GROUP BY apis.name, versions.number, versions.sunset_at ORDER BY sunset LIMIT 20",
        );
        let rows: Vec<Ending> = find.all(&self.database).await?;
        let shown = |Ending {
                         api,
                         number: major,
                         sunset,
                         calls,
                     }| {
            EndingVersion {
                api,
                version: number(major),
                sunset,
                calls,
            }
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    async fn expiring(&self, now: Timestamp) -> Result<Vec<ExpiringToken>, StoreError> {
        let find = Sql::new(
            "SELECT DISTINCT tokens.id, tokens.name, applications.name AS application, tokens.expires_at FROM tokens \
             JOIN applications ON applications.id = tokens.application_id \
             JOIN token_versions ON token_versions.token_id = tokens.id \
             JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id \
             WHERE tokens.revoked_at IS NULL AND tokens.issued_at >= COALESCE(applications.not_before, 0) AND",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND tokens.expires_at >")
            .value(now.millis());
        let find = find
            .then("AND tokens.expires_at <=")
            .value(now.plus(WEEK).millis());
        // A token that was made to live a day or less is not forgotten, only short.
        let find = find.then("AND tokens.expires_at - tokens.issued_at > 86400000");
        find.then("ORDER BY tokens.expires_at LIMIT 20")
            .all(&self.database)
            .await
    }
}
