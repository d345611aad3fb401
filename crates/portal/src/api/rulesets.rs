//! The ruleset of an API: what its contracts must have no error of before they reach callers.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    handle::ApiHandle,
    revision::Revision,
    ruleset::{RulesetName, RulesetText},
    time::Timestamp,
};
use gatewright_registry::ChosenRuleset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::answer,
    web::{
        app::App, body::Body, caller::Bearer, expected::Expected, findings::NotRun,
        problem::Problem,
    },
};

/// What an API's contracts are to be held against.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRuleset {
    /// none, spectral:oas, spectral:oas+owasp, or own.
    #[schema(value_type = String)]
    ruleset: RulesetName,
    /// The ruleset itself when it is the team's own: Spectral's format, JSON or YAML, at most 256 KiB.
    #[schema(value_type = Option<String>)]
    text: Option<RulesetText>,
}

/// The ruleset of an API.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RulesetRow {
    /// The API.
    api: String,
    /// none, spectral:oas, spectral:oas+owasp, or own.
    #[schema(value_type = String)]
    ruleset: RulesetName,
    /// Which choice of the API this is, from 1; 0 while none was made. Its `ETag`.
    number: u32,
    /// When it was chosen.
    chosen_at: Option<Timestamp>,
    /// The ruleset itself, when it is the team's own.
    text: Option<String>,
    /// What of it cannot be run here, and so finds nothing.
    not_run: Vec<NotRun>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/apis/{api}/ruleset").get(show))
        .service(web::resource("/apis/{api}/choose-ruleset").post(choose));
}

fn shown(ruleset: ChosenRuleset) -> HttpResponse {
    let ChosenRuleset {
        api,
        choice,
        number,
        chosen,
        unsupported,
    } = ruleset;
    let row = RulesetRow {
        api: api.to_string(),
        ruleset: choice.name(),
        number,
        chosen_at: chosen,
        text: choice.text().map(|text| text.as_str().to_owned()),
        not_run: unsupported.into_iter().map(NotRun::from).collect(),
    };
    answer::shown(&row, Revision::from_number(i64::from(number)))
}

/// Show the ruleset that an API's contracts must have no error of
#[utoipa::path(get, path = "/api/v1/apis/{api}/ruleset", tag = "APIs",
    params(("api" = ApiHandle, Path)), responses((status = 200, body = RulesetRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    Ok(shown(app.registry.ruleset(&by.caller, &api).await?))
}

/// Choose the ruleset that an API's contracts must have no error of
#[utoipa::path(post, path = "/api/v1/apis/{api}/choose-ruleset", tag = "APIs", request_body = NewRuleset,
    params(("api" = ApiHandle, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = RulesetRow)))]
pub(super) async fn choose(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    Expected(at): Expected,
    Body(NewRuleset { ruleset, text }): Body<NewRuleset>,
) -> Result<HttpResponse, Problem> {
    let choice = ruleset.with(text);
    let choice = choice.map_err(|error| Problem::field("/text", error))?;
    let chosen = app
        .registry
        .choose_ruleset(&by.caller, &api, choice, at)
        .await?;
    Ok(shown(chosen))
}
