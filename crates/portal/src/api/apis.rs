//! APIs.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    handle::{ApiHandle, TeamHandle},
    text::{ApiName, Title},
};
use gatewright_registry::RegisterApi;
use gatewright_store::views::{
    apis::{ApiPage, ApiRow},
    page::Paged,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made, shown},
        slice::{Slice, paged},
    },
    web::{
        app::App, body::Body, caller::Bearer, expected::MustExpect, problem::Problem, query::Query,
    },
};

/// An API to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApi {
    /// Its name in paths, scopes and audiences: a-z, 0-9 and single hyphens.
    name: ApiName,
    /// What people call it; its name when nothing is said.
    title: Option<Title>,
    /// The team that will own it, by id or name; may be left out by whoever is in one team only.
    team: Option<TeamHandle>,
}

/// What may change about an API.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiEdit {
    /// What people call it.
    title: Title,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/apis").get(list).post(register))
        .service(web::resource("/apis/{api}").get(show).patch(edit));
}

/// List APIs
#[utoipa::path(get, path = "/api/v1/apis", tag = "APIs", params(Slice),
    responses((status = 200, body = Paged<ApiRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let apis = app
        .reader
        .as_seen_by(&by.caller)
        .apis(&page, app.now())
        .await?;
    Ok(paged(&request, "cursor", &apis))
}

/// Register an API
#[utoipa::path(post, path = "/api/v1/apis", tag = "APIs", request_body = NewApi,
    responses((status = 201, body = ApiPage)))]
pub(super) async fn register(
    app: Data<App>,
    by: Bearer,
    Body(NewApi { name, title, team }): Body<NewApi>,
) -> Result<HttpResponse, Problem> {
    let command = RegisterApi { name, title, team };
    let api = app.registry.register_api(&by.caller, command).await?;
    let handle = ApiHandle::Id(api.id);
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .api(&handle, app.now())
        .await?;
    Ok(made(
        format_args!("/apis/{}", page.name),
        &page,
        page.revision,
    ))
}

/// Show an API with its versions and plans
#[utoipa::path(get, path = "/api/v1/apis/{api}", tag = "APIs",
    params(("api" = ApiHandle, Path)), responses((status = 200, body = ApiPage)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .api(&api, app.now())
        .await?;
    Ok(shown(&page, page.revision))
}

/// Change what people call an API
#[utoipa::path(patch, path = "/api/v1/apis/{api}", tag = "APIs", request_body = ApiEdit,
    params(("api" = ApiHandle, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ApiPage)))]
pub(super) async fn edit(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    MustExpect(expected): MustExpect,
    Body(ApiEdit { title }): Body<ApiEdit>,
) -> Result<HttpResponse, Problem> {
    app.registry
        .edit_api(&by.caller, &api, title, Some(expected))
        .await?;
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .api(&api, app.now())
        .await?;
    Ok(shown(&page, page.revision))
}
