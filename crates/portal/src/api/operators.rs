//! Operators: the people who run the platform.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::{Caller, Role},
    handle::TeamHandle,
    id::{OperatorId, TeamId},
    operator::Assignment,
    text::Name,
};
use gatewright_operators::{Admit, Password};
use gatewright_store::{StoreError, views::operators::OperatorRow};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made, shown},
        slice::Whole,
    },
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        expected::MustExpect,
        problem::Problem,
    },
};

/// An operator to admit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewOperator {
    /// The name they sign in with.
    name: Name,
    /// What they are trusted with: admin, publisher, security or auditor.
    #[schema(value_type = String)]
    role: Role,
    /// Their teams, by id or name.
    #[serde(default)]
    teams: Vec<TeamHandle>,
    /// Their first password; they are to change it.
    password: String,
}

/// What may change about an operator; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OperatorEdit {
    /// What they are trusted with.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Their teams, by id or name.
    teams: Option<Vec<TeamHandle>>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/operators").get(list).post(admit))
        .service(
            web::resource("/operators/{operator}")
                .get(show)
                .patch(reassign),
        )
        .service(web::resource("/operators/{operator}/disable").post(disable))
        .service(web::resource("/operators/{operator}/enable").post(enable));
}

async fn row(app: &App, caller: &Caller, id: OperatorId) -> Result<OperatorRow, Problem> {
    let operators = app.reader.as_seen_by(caller).operators().await?;
    let found = operators.into_iter().find(|row| row.id == id);
    Ok(found.ok_or(StoreError::NotFound)?)
}

async fn current(app: &App, by: &Bearer, id: OperatorId) -> Result<HttpResponse, Problem> {
    let row = row(app, &by.caller, id).await?;
    Ok(shown(&row, row.revision))
}

async fn find(
    app: &App,
    caller: &Caller,
    teams: Vec<TeamHandle>,
) -> Result<BTreeSet<TeamId>, Problem> {
    let sight = app.reader.as_seen_by(caller);
    let mut found = BTreeSet::new();
    for (place, team) in teams.into_iter().enumerate() {
        match sight.find_team(&team).await {
            Ok(team) => found.insert(team.id),
            Err(StoreError::NotFound) => {
                return Err(Problem::field(
                    &format!("/teams/{place}"),
                    "There is no such team.",
                ));
            }
            Err(other) => return Err(other.into()),
        };
    }
    Ok(found)
}

/// List operators
#[utoipa::path(get, path = "/api/v1/operators", tag = "Operators",
    responses((status = 200, body = Whole<OperatorRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app.reader.as_seen_by(&by.caller).operators().await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Admit an operator
#[utoipa::path(post, path = "/api/v1/operators", tag = "Operators", request_body = NewOperator,
    responses((status = 201, body = OperatorRow)))]
pub(super) async fn admit(
    app: Data<App>,
    by: Bearer,
    Body(NewOperator {
        name,
        role,
        teams,
        password,
    }): Body<NewOperator>,
) -> Result<HttpResponse, Problem> {
    let password = Password::new(password)?;
    let teams = find(&app, &by.caller, teams).await?;
    let assignment = Assignment { role, teams };
    let operator = app
        .operators
        .admit(
            &by.caller,
            Admit {
                name,
                assignment,
                password,
            },
        )
        .await?;
    let row = row(&app, &by.caller, operator.id()).await?;
    Ok(made(
        format_args!("/operators/{}", row.id),
        &row,
        row.revision,
    ))
}

/// Show an operator
#[utoipa::path(get, path = "/api/v1/operators/{operator}", tag = "Operators",
    params(("operator" = OperatorId, Path)), responses((status = 200, body = OperatorRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<OperatorId>,
) -> Result<HttpResponse, Problem> {
    current(&app, &by, *id).await
}

/// Give an operator another role or other teams
#[utoipa::path(patch, path = "/api/v1/operators/{operator}", tag = "Operators", request_body = OperatorEdit,
    params(("operator" = OperatorId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = OperatorRow)))]
pub(super) async fn reassign(
    app: Data<App>,
    by: Bearer,
    id: Path<OperatorId>,
    MustExpect(expected): MustExpect,
    Body(OperatorEdit { role, teams }): Body<OperatorEdit>,
) -> Result<HttpResponse, Problem> {
    let operator = app.reader.operator(*id).await?;
    let teams = match teams {
        Some(teams) => find(&app, &by.caller, teams).await?,
        None => operator.teams().clone(),
    };
    let assignment = Assignment {
        role: role.unwrap_or(operator.role()),
        teams,
    };
    app.operators
        .reassign(&by.caller, *id, assignment, Some(expected))
        .await?;
    current(&app, &by, *id).await
}

/// Stop an operator from signing in; sessions and access tokens end with it
#[utoipa::path(post, path = "/api/v1/operators/{operator}/disable", tag = "Operators",
    params(("operator" = OperatorId, Path)), responses((status = 200, body = OperatorRow)))]
pub(super) async fn disable(
    app: Data<App>,
    by: Bearer,
    id: Path<OperatorId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.operators.disable(&by.caller, *id).await?;
    current(&app, &by, *id).await
}

/// Let a disabled operator in again
#[utoipa::path(post, path = "/api/v1/operators/{operator}/enable", tag = "Operators",
    params(("operator" = OperatorId, Path)), responses((status = 200, body = OperatorRow)))]
pub(super) async fn enable(
    app: Data<App>,
    by: Bearer,
    id: Path<OperatorId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.operators.enable(&by.caller, *id).await?;
    current(&app, &by, *id).await
}
