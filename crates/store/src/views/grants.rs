//! Grants: what applications keep alive with refresh tokens, and which person allowed it.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{
    access::Horizon,
    id::{ApplicationId, FamilyId, OperatorId, TeamId, VersionId},
    operation::Scope,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    rows::Place,
    views::{
        Sight, Sql,
        apis::number,
        page::{Page, Paged},
    },
};

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantRow {
    /// Its id: the `sid` of its access tokens.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub id: FamilyId,
    /// What people call it.
    pub name: String,
    /// Who holds it.
    pub application_id: ApplicationId,
    /// The application's name.
    pub application: String,
    /// Who allowed the application to act for them; nobody where an operator began it for the application itself.
    pub person: Option<String>,
    /// That person's id.
    pub person_id: Option<OperatorId>,
    /// The versions it is for, as `api/version`.
    pub versions: Vec<String>,
    /// The scopes it carries.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub scopes: BTreeSet<Scope>,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ends if nobody refreshes it.
    pub idle_end: Timestamp,
    /// When it ends in any case.
    pub absolute_end: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// `live`, `ended` or `revoked`.
    pub status: &'static str,
}

/// Whose grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantsOf {
    /// Those that an application holds.
    Application(ApplicationId),
    /// Those that a person allowed.
    Person(OperatorId),
}

#[derive(FromQueryResult)]
struct Row {
    id: FamilyId,
    name: String,
    application_id: ApplicationId,
    application: String,
    person: Option<String>,
    person_id: Option<OperatorId>,
    versions: sea_orm::JsonValue,
    scopes: sea_orm::JsonValue,
    begun_at: Timestamp,
    idle_end: Timestamp,
    absolute_end: Timestamp,
    revoked_at: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct Version {
    id: VersionId,
    api: String,
    number: i64,
    team_id: TeamId,
}

const FIND: &str = "SELECT refresh_families.id, refresh_families.name, refresh_families.application_id, \
    applications.name AS application, operators.name AS person, refresh_families.operator_id AS person_id, \
    refresh_families.versions, refresh_families.scopes, refresh_families.begun_at, refresh_families.idle_end, \
    refresh_families.absolute_end, refresh_families.revoked_at FROM refresh_families \
    JOIN applications ON applications.id = refresh_families.application_id \
    LEFT JOIN operators ON operators.id = refresh_families.operator_id WHERE";

impl Sight {
    /// The grants of an application or a person that are for versions this caller sees, the newest first.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn grants(
        &self,
        of: GrantsOf,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<GrantRow>, StoreError> {
        let after = page.after().map(str::parse::<FamilyId>).transpose();
        let mut after = after.map_err(|_| StoreError::NotFound)?;
        let wanted = usize::try_from(page.fetch()).unwrap_or(usize::MAX);
        let mut items: Vec<GrantRow> = Vec::new();
        // What they are for stands in the rows as a list, so that those of other teams are left out only here.
        loop {
            let find = match of {
                GrantsOf::Application(id) => Sql::new(FIND)
                    .then("refresh_families.application_id =")
                    .value(id.uuid()),
                GrantsOf::Person(id) => Sql::new(FIND)
                    .then("refresh_families.operator_id =")
                    .value(id.uuid()),
            };
            let find = find
                .maybe("AND refresh_families.id <", after.map(FamilyId::uuid))
                .then("ORDER BY refresh_families.id DESC LIMIT")
                .value(page.fetch());
            let rows: Vec<Row> = find.all(&self.database).await?;
            let is_last = rows.len() < wanted;
            after = rows.last().map(|row| row.id);
            items.extend(self.seen(rows, now).await?);
            if is_last || wanted <= items.len() {
                return Ok(page.cut(items, |row| row.id.to_string()));
            }
        }
    }

    /// One grant.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn grant(&self, id: FamilyId, now: Timestamp) -> Result<GrantRow, StoreError> {
        let find = Sql::new(FIND).then("refresh_families.id =");
        let row: Option<Row> = find.value(id.uuid()).one(&self.database).await?;
        let seen = self.seen(row.into_iter().collect(), now).await?;
        seen.into_iter().next().ok_or(StoreError::NotFound)
    }

    /// Those of the rows that are for a version which the caller sees.
    async fn seen(&self, rows: Vec<Row>, now: Timestamp) -> Result<Vec<GrantRow>, StoreError> {
        let of = |row: &Row| -> Result<Vec<VersionId>, StoreError> {
            Place::of("refresh_families", row.id).json("versions", row.versions.clone())
        };
        let each: Vec<Vec<VersionId>> = rows.iter().map(of).collect::<Result<_, _>>()?;
        let versions = self.versions_named(each.iter().flatten().copied()).await?;
        let sees = |version: &&Version| match &self.horizon {
            Horizon::Everything => true,
            Horizon::Teams(teams) => teams.contains(&version.team_id),
        };
        let mut seen = Vec::with_capacity(rows.len());
        for (row, ids) in rows.into_iter().zip(each) {
            let known: Vec<&Version> = ids.iter().filter_map(|id| versions.get(id)).collect();
            if known.iter().any(sees) {
                let mut names: Vec<String> = known
                    .iter()
                    .map(|version| format!("{}/{}", version.api, number(version.number)))
                    .collect();
                names.sort_unstable();
                seen.push(row.shown(names, now)?);
            }
        }
        Ok(seen)
    }

    async fn versions_named(
        &self,
        ids: impl Iterator<Item = VersionId>,
    ) -> Result<BTreeMap<VersionId, Version>, StoreError> {
        let ids: BTreeSet<VersionId> = ids.collect();
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut find = Sql::new(
            "SELECT versions.id, apis.name AS api, versions.number, apis.team_id FROM versions \
             JOIN apis ON apis.id = versions.api_id WHERE versions.id IN (",
        );
        for (index, id) in ids.into_iter().enumerate() {
            find = if index == 0 { find } else { find.then(",") }.value(id.uuid());
        }
        let rows: Vec<Version> = find.then(")").all(&self.database).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Row {
    fn shown(self, versions: Vec<String>, now: Timestamp) -> Result<GrantRow, StoreError> {
        let Self {
            id,
            name,
            application_id,
            application,
            person,
            person_id,
            versions: _,
            scopes,
            begun_at,
            idle_end,
            absolute_end,
            revoked_at,
        } = self;
        let status = match revoked_at {
            Some(_) => "revoked",
            None if idle_end.min(absolute_end) <= now => "ended",
            None => "live",
        };
        Ok(GrantRow {
            scopes: Place::of("refresh_families", id).json("scopes", scopes)?,
            id,
            name,
            application_id,
            application,
            person,
            person_id,
            versions,
            begun_at,
            idle_end,
            absolute_end,
            revoked_at,
            status,
        })
    }
}
