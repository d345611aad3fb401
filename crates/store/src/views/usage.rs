//! Calls by the hour.

use gatewright_domain::{
    handle::{ApiHandle, ApplicationHandle},
    id::{ApplicationId, VersionId},
    text::VersionNumber,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql, apis::number},
};

/// Which calls to count; everything that is not named counts.
#[derive(Clone, Debug, Default)]
pub struct UsageFilter {
    /// Of one API.
    pub api: Option<ApiHandle>,
    /// Of one version number.
    pub version: Option<VersionNumber>,
    /// By one application.
    pub application: Option<ApplicationHandle>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

/// The calls of one hour to one operation by one application with one status.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageRow {
    /// The start of the hour.
    pub hour: Timestamp,
    /// The API.
    pub api: String,
    /// The version.
    pub version: String,
    /// The operation's method; empty when none matched.
    pub method: String,
    /// The operation's path template; empty when none matched.
    pub path: String,
    /// The application's id, when it was known.
    pub application_id: Option<ApplicationId>,
    /// The application's name, when it was known.
    pub application: Option<String>,
    /// The status of the answers.
    pub status: i64,
    /// Why they were refused; empty when they were not.
    pub reason: String,
    /// How many.
    pub calls: i64,
    /// Bytes of their answers' bodies.
    pub bytes: i64,
}

#[derive(FromQueryResult)]
struct Row {
    hour: Timestamp,
    api: String,
    number: i64,
    method: String,
    path: String,
    application_id: Option<ApplicationId>,
    application: Option<String>,
    status: i64,
    reason: String,
    calls: i64,
    bytes: i64,
}

#[derive(FromQueryResult)]
struct Found {
    id: ApplicationId,
}

/// The most rows one answer holds.
const MOST: i64 = 10_000;

impl Sight {
    /// The calls that a filter names, the newest hour first; at most 10,000 rows.
    ///
    /// # Errors
    /// `NotFound` for an application that does not exist; `Ambiguous` for a name that several consumers use.
    pub async fn usage(&self, filter: &UsageFilter) -> Result<Vec<UsageRow>, StoreError> {
        let UsageFilter {
            api,
            version,
            application,
            from,
            to,
        } = filter;
        let application = match application {
            Some(application) => Some(self.application_id(application).await?.uuid()),
            None => None,
        };
        let (api_id, api_name) = match api {
            Some(ApiHandle::Id(id)) => (Some(id.uuid()), None),
            Some(ApiHandle::Name(name)) => (None, Some(name.as_str())),
            None => (None, None),
        };
        let find = Sql::new(
            "SELECT usage_hours.hour, apis.name AS api, versions.number, usage_hours.method, usage_hours.path, \
             applications.id AS application_id, applications.name AS application, usage_hours.status, \
             usage_hours.reason, usage_hours.calls, usage_hours.bytes FROM usage_hours \
             JOIN versions ON versions.id = usage_hours.version_id JOIN apis ON apis.id = versions.api_id \
             LEFT JOIN applications ON applications.id = usage_hours.application_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .maybe("AND apis.id =", api_id);
        let find = find.maybe("AND apis.name =", api_name);
        let find = find.maybe(
            "AND versions.number =",
            version.map(|number| i64::from(number.major())),
        );
        let find = find.maybe("AND usage_hours.application_id =", application);
        let find = find.maybe(
            "AND usage_hours.hour >=",
            from.map(|from| from.hour().millis()),
        );
        let find = find.maybe("AND usage_hours.hour <", to.map(Timestamp::millis));
        let find = find
            .then("ORDER BY usage_hours.hour DESC, apis.name, versions.number, usage_hours.path, usage_hours.method, usage_hours.status LIMIT")
            .value(MOST);
        let rows: Vec<Row> = find.all(&self.database).await?;
        Ok(rows.into_iter().map(Row::shown).collect())
    }

    /// Calls by hour and outcome of one version, for a small picture.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hours_of(
        &self,
        version: VersionId,
        since: Timestamp,
    ) -> Result<Vec<(Timestamp, i64)>, StoreError> {
        let find = Sql::new(
            "SELECT usage_hours.hour, CAST(SUM(usage_hours.calls) AS bigint) AS calls FROM usage_hours \
             JOIN versions ON versions.id = usage_hours.version_id JOIN apis ON apis.id = versions.api_id WHERE",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("AND usage_hours.version_id =");
        let find = find
            .value(version.uuid())
            .then("AND usage_hours.hour >=")
            .value(since.millis());
        let rows: Vec<Hour> = find
            .then("GROUP BY usage_hours.hour ORDER BY usage_hours.hour")
            .all(&self.database)
            .await?;
        Ok(rows.into_iter().map(|row| (row.hour, row.calls)).collect())
    }

    async fn application_id(
        &self,
        application: &ApplicationHandle,
    ) -> Result<ApplicationId, StoreError> {
        let name = match application {
            ApplicationHandle::Id(id) => return Ok(*id),
            ApplicationHandle::Name(name) => name.folded(),
        };
        let find = Sql::new("SELECT id FROM applications WHERE name_folded =")
            .value(name)
            .then("LIMIT 2");
        let mut found: Vec<Found> = find.all(&self.database).await?;
        let first = found.pop().ok_or(StoreError::NotFound)?;
        if found.is_empty() {
            Ok(first.id)
        } else {
            Err(StoreError::Ambiguous)
        }
    }
}

#[derive(FromQueryResult)]
struct Hour {
    hour: Timestamp,
    calls: i64,
}

impl Row {
    fn shown(self) -> UsageRow {
        let Self {
            hour,
            api,
            number: major,
            method,
            path,
            application_id,
            application,
            status,
            reason,
            calls,
            bytes,
        } = self;
        let version = number(major);
        UsageRow {
            hour,
            api,
            version,
            method,
            path,
            application_id,
            application,
            status,
            reason,
            calls,
            bytes,
        }
    }
}
