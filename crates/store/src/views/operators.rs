//! The operators and their teams.

use std::collections::BTreeMap;

use gatewright_domain::{
    id::{OperatorId, TeamId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// An operator in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorRow {
    /// Their id.
    pub id: OperatorId,
    /// The name they sign in with.
    pub name: String,
    /// Their role.
    pub role: String,
    /// The names of their teams, sorted.
    pub teams: Vec<String>,
    /// When they were admitted.
    pub admitted_at: Timestamp,
    /// Since when they are disabled.
    pub disabled_at: Option<Timestamp>,
    /// When they were last seen.
    pub last_seen_at: Option<Timestamp>,
    /// How often they were written: their `ETag`.
    pub revision: Revision,
}

/// A team.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamRow {
    /// Its id.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// How many operators are in it.
    pub operators: i64,
    /// How many APIs it owns.
    pub apis: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: OperatorId,
    name: String,
    role: String,
    admitted_at: Timestamp,
    disabled_at: Option<Timestamp>,
    last_seen_at: Option<Timestamp>,
    revision: Revision,
}

#[derive(FromQueryResult)]
struct Membership {
    operator_id: OperatorId,
    name: String,
}

impl Sight {
    /// The operators, by name; at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operators(&self) -> Result<Vec<OperatorRow>, StoreError> {
        let find = Sql::new(
            "SELECT id, name, role, admitted_at, disabled_at, revision, (SELECT MAX(sessions.last_seen_at) FROM sessions \
             WHERE sessions.operator_id = operators.id) AS last_seen_at FROM operators ORDER BY name_folded LIMIT 1000",
        );
        let rows: Vec<Row> = find.all(&self.database).await?;
        let memberships = Sql::new(
            "SELECT operator_teams.operator_id, teams.name FROM operator_teams \
             JOIN teams ON teams.id = operator_teams.team_id ORDER BY teams.name_folded",
        );
        let memberships: Vec<Membership> = memberships.all(&self.database).await?;
        let mut teams: BTreeMap<OperatorId, Vec<String>> = BTreeMap::new();
        for Membership { operator_id, name } in memberships {
            teams.entry(operator_id).or_default().push(name);
        }
        let shown = rows.into_iter().map(|row| {
            let Row {
                id,
                name,
                role,
                admitted_at,
                disabled_at,
                last_seen_at,
                revision,
            } = row;
            let teams = teams.remove(&id).unwrap_or_default();
            OperatorRow {
                id,
                name,
                role,
                teams,
                admitted_at,
                disabled_at,
                last_seen_at,
                revision,
            }
        });
        Ok(shown.collect())
    }

    /// The teams, by name; at most 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn teams(&self) -> Result<Vec<TeamRow>, StoreError> {
        let find = Sql::new(
            "SELECT id, name, (SELECT COUNT(*) FROM operator_teams WHERE operator_teams.team_id = teams.id) \
             AS operators, (SELECT COUNT(*) FROM apis WHERE apis.team_id = teams.id) AS apis FROM teams WHERE",
        );
        let find = find
            .within("teams.id", &self.horizon)
            .then("ORDER BY name_folded LIMIT 1000");
        find.all(&self.database).await
    }
}
