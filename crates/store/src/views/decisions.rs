//! Refusals that gateways have explained, kept for seven days.

use gatewright_domain::{
    decision::Step,
    id::{ApplicationId, DecisionId, RequestId},
    refusal::Refusal,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        apis::number,
        page::{Page, Paged},
    },
};

/// A refusal in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionRow {
    /// Its id, which the caller was given.
    pub id: DecisionId,
    /// When.
    pub at: Timestamp,
    /// Why, by name.
    pub reason: String,
    /// The status the caller got.
    pub status: u16,
    /// The method of the request.
    pub method: Option<String>,
    /// The path template of the operation.
    pub path: Option<String>,
    /// The API and version, as `api/version`.
    pub version: Option<String>,
    /// The application's name.
    pub application: Option<String>,
    /// The application's id.
    pub application_id: Option<ApplicationId>,
    /// The request.
    pub request: RequestId,
}

/// A refusal that explains itself.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionPage {
    /// The refusal in short.
    #[serde(flatten)]
    pub decision: DecisionRow,
    /// The token's name.
    pub jti: Option<String>,
    /// What the caller was told.
    pub detail: String,
    /// What would have passed.
    pub mend: String,
    /// Every rule looked at, in order.
    pub steps: Vec<Step>,
    /// The revision it was decided under.
    pub revision: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: DecisionId,
    at: Timestamp,
    reason: String,
    method: Option<String>,
    operation: Option<String>,
    api: Option<String>,
    number: Option<i64>,
    application: Option<String>,
    application_id: Option<ApplicationId>,
    request_id: RequestId,
    jti: Option<String>,
    refusal: sea_orm::JsonValue,
    steps: sea_orm::JsonValue,
    revision: i64,
}

const FIND: &str = "SELECT decisions.id, decisions.at, decisions.reason, decisions.method, decisions.operation, \
    apis.name AS api, versions.number, applications.name AS application, decisions.application_id, \
    decisions.request_id, decisions.jti, decisions.refusal, decisions.steps, decisions.revision FROM decisions \
    LEFT JOIN versions ON versions.id = decisions.version_id LEFT JOIN apis ON apis.id = versions.api_id \
    LEFT JOIN applications ON applications.id = decisions.application_id WHERE";

impl Sight {
    /// The refusals, the newest first. Those of no version are for callers who see everything.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn decisions(&self, page: &Page) -> Result<Paged<DecisionRow>, StoreError> {
        let after = page
            .after()
            .map(str::parse::<DecisionId>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(FIND).within("apis.team_id", &self.horizon);
        let find = find.maybe("AND decisions.id <", after.map(DecisionId::uuid));
        let find = find
            .then("ORDER BY decisions.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let shown: Result<Vec<DecisionRow>, StoreError> = rows
            .into_iter()
            .map(|row| {
                let refusal = row.refusal()?;
                Ok(row.short(&refusal))
            })
            .collect();
        Ok(page.cut(shown?, |row| row.id.to_string()))
    }

    /// One refusal.
    ///
    /// # Errors
    /// `NotFound` when there is none, no longer, or not for this caller.
    pub async fn decision(&self, id: DecisionId) -> Result<DecisionPage, StoreError> {
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .then("AND decisions.id =");
        let row: Row = find
            .value(id.uuid())
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let refusal = row.refusal()?;
        let steps = serde_json::from_value(row.steps.clone()).map_err(|_| row.corrupt("steps"))?;
        Ok(DecisionPage {
            jti: row.jti.clone(),
            detail: refusal.detail(),
            mend: gatewright_domain::decision::mend(&refusal),
            steps,
            revision: row.revision,
            decision: row.short(&refusal),
        })
    }
}

impl Row {
    fn refusal(&self) -> Result<Refusal, StoreError> {
        serde_json::from_value(self.refusal.clone()).map_err(|_| self.corrupt("refusal"))
    }

    fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt {
            table: "decisions",
            column,
            row: self.id.to_string(),
        }
    }

    fn short(self, refusal: &Refusal) -> DecisionRow {
        let version = self
            .api
            .zip(self.number)
            .map(|(api, major)| format!("{api}/{}", number(major)));
        DecisionRow {
            id: self.id,
            at: self.at,
            reason: self.reason,
            status: refusal.status(),
            method: self.method,
            path: self.operation,
            version,
            application: self.application,
            application_id: self.application_id,
            request: self.request_id,
        }
    }
}
