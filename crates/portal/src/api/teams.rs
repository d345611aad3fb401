//! Teams: they own APIs.

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::text::Name;
use gatewright_store::{StoreError, views::operators::TeamRow};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{answer::BASE, slice::Whole},
    web::{app::App, body::Body, caller::Bearer, problem::Problem},
};

/// A team to form.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTeam {
    /// Its name.
    name: Name,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/teams").get(list).post(form));
}

/// List teams
#[utoipa::path(get, path = "/api/v1/teams", tag = "Operators",
    responses((status = 200, body = Whole<TeamRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app.reader.as_seen_by(&by.caller).teams().await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Form a team
#[utoipa::path(post, path = "/api/v1/teams", tag = "Operators", request_body = NewTeam,
    responses((status = 201, body = TeamRow)))]
pub(super) async fn form(
    app: Data<App>,
    by: Bearer,
    Body(NewTeam { name }): Body<NewTeam>,
) -> Result<HttpResponse, Problem> {
    let team = app.operators.form_team(&by.caller, name).await?;
    let teams = app.reader.as_seen_by(&by.caller).teams().await?;
    let row = teams
        .into_iter()
        .find(|row| row.id == team.id)
        .ok_or(StoreError::NotFound)?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("{BASE}/teams")))
        .json(row))
}
