//! The list of APIs, and one API with its versions.

use std::time::Duration;

use gatewright_domain::{
    handle::ApiHandle,
    id::{ApiId, TeamId},
    revision::Revision,
    text::VersionNumber,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        page::{Page, Paged},
        plans::PlanRow,
        versions::VersionRow,
    },
};

/// An API in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiRow {
    /// Its id.
    pub id: ApiId,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The team that owns it.
    pub team: String,
    /// Its versions, the oldest first.
    pub versions: Vec<VersionMark>,
    /// Calls in the last 24 hours.
    pub calls_24h: i64,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// Applications that called in the last 30 days.
    pub callers_30d: i64,
    /// Calls on each of the last 30 days, the oldest first.
    pub trend: Vec<i64>,
    /// When it was registered.
    pub registered_at: Timestamp,
}

/// A version in a list of APIs.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionMark {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: String,
}

/// An API with what is inside it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiPage {
    /// Its id.
    pub id: ApiId,
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The team that owns it.
    pub team: String,
    /// That team's id.
    pub team_id: TeamId,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
    /// Its versions, the oldest first.
    pub versions: Vec<VersionRow>,
    /// Its plans, by name.
    pub plans: Vec<PlanRow>,
}

#[derive(FromQueryResult)]
struct Row {
    id: ApiId,
    name: String,
    title: String,
    team: String,
    team_id: TeamId,
    registered_at: Timestamp,
    revision: Revision,
}

#[derive(FromQueryResult)]
struct Traffic {
    api_id: ApiId,
    calls: i64,
    callers: i64,
}

const FIND: &str = "SELECT apis.id, apis.name, apis.title, teams.name AS team, apis.team_id, apis.registered_at, \
    apis.revision FROM apis JOIN teams ON teams.id = apis.team_id WHERE";

impl Sight {
    /// The APIs, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apis(&self, page: &Page, now: Timestamp) -> Result<Paged<ApiRow>, StoreError> {
        let after = page.after().map(str::to_owned);
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .maybe("AND apis.name >", after);
        let find = find.then("ORDER BY apis.name LIMIT").value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let versions = self.marks().await?;
        let day = self.traffic(now.minus(Duration::from_secs(86_400))).await?;
        let month = self
            .traffic(now.minus(Duration::from_secs(30 * 86_400)))
            .await?;
        let daily = self
            .daily(now.day().minus(Duration::from_secs(29 * 86_400)))
            .await?;
        let of = |list: &[Traffic], id| {
            list.iter()
                .find(|row| row.api_id == id)
                .map(|row| (row.calls, row.callers))
        };
        let items = rows.into_iter().map(|row| {
            let marks = versions.iter().filter(|mark| mark.api_id == row.id);
            let Row {
                id,
                name,
                title,
                team,
                team_id: _,
                registered_at,
                revision: _,
            } = row;
            ApiRow {
                versions: marks.map(Mark::shown).collect(),
                calls_24h: of(&day, id).map_or(0, |(calls, _)| calls),
                calls_30d: of(&month, id).map_or(0, |(calls, _)| calls),
                callers_30d: of(&month, id).map_or(0, |(_, callers)| callers),
                trend: trend(&daily, id, now),
                id,
                name,
                title,
                team,
                registered_at,
            }
        });
        Ok(page.cut(items.collect(), |row| row.name.clone()))
    }

    /// One API.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn api(&self, api: &ApiHandle, now: Timestamp) -> Result<ApiPage, StoreError> {
        let find = Sql::new(FIND).within("apis.team_id", &self.horizon);
        let find = match api {
            ApiHandle::Id(id) => find.then("AND apis.id =").value(id.uuid()),
            ApiHandle::Name(name) => find.then("AND apis.name =").value(name.as_str()),
        };
        let row: Row = find
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let Row {
            id,
            name,
            title,
            team,
            team_id,
            registered_at,
            revision,
        } = row;
        let versions = self.versions_of(id, now).await?;
        let plans = self.plans_of(id).await?;
        Ok(ApiPage {
            id,
            name,
            title,
            team,
            team_id,
            registered_at,
            revision,
            versions,
            plans,
        })
    }

    async fn marks(&self) -> Result<Vec<Mark>, StoreError> {
        let find = Sql::new(
            "SELECT versions.api_id, versions.number, versions.status FROM versions \
             JOIN apis ON apis.id = versions.api_id WHERE versions.status <> 'discarded' AND",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("ORDER BY versions.number");
        find.all(&self.database).await
    }

    async fn daily(&self, since: Timestamp) -> Result<Vec<Day>, StoreError> {
        let find = Sql::new(
            "SELECT versions.api_id, usage_hours.hour / 86400000 AS day, CAST(SUM(usage_hours.calls) AS bigint) AS calls \
             FROM usage_hours JOIN versions ON versions.id = usage_hours.version_id WHERE usage_hours.hour >=",
        );
        find.value(since.millis())
            .then("GROUP BY versions.api_id, usage_hours.hour / 86400000")
            .all(&self.database)
            .await
    }

    async fn traffic(&self, since: Timestamp) -> Result<Vec<Traffic>, StoreError> {
        let find = Sql::new(
            "SELECT versions.api_id, CAST(SUM(usage_hours.calls) AS bigint) AS calls, \
             COUNT(DISTINCT usage_hours.application_id) AS callers FROM usage_hours \
             JOIN versions ON versions.id = usage_hours.version_id WHERE usage_hours.hour >=",
        );
        find.value(since.millis())
            .then("GROUP BY versions.api_id")
            .all(&self.database)
            .await
    }
}

#[derive(FromQueryResult)]
struct Day {
    api_id: ApiId,
    day: i64,
    calls: i64,
}

/// Calls on each of the last 30 days, the oldest first.
fn trend(daily: &[Day], api: ApiId, now: Timestamp) -> Vec<i64> {
    let calls = |back: u64| {
        let day = now.day().minus(Duration::from_secs(back * 86_400)).millis() / 86_400_000;
        let found = daily.iter().find(|row| row.api_id == api && row.day == day);
        found.map_or(0, |row| row.calls)
    };
    (0..30).rev().map(calls).collect()
}

#[derive(FromQueryResult)]
struct Mark {
    api_id: ApiId,
    number: i64,
    status: String,
}

impl Mark {
    fn shown(&self) -> VersionMark {
        VersionMark {
            number: number(self.number),
            status: self.status.clone(),
        }
    }
}

/// A stored version number as it is written.
pub(crate) fn number(stored: i64) -> String {
    let number = u16::try_from(stored)
        .ok()
        .and_then(|major| VersionNumber::try_from(major).ok());
    number.map_or_else(|| format!("v{stored}"), |number| number.to_string())
}
