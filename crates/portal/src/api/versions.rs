//! Versions, and their moves along the lifecycle.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    handle::ApiHandle,
    staleness::Staleness,
    text::{Reason, Upstream, VersionNumber},
    time::Timestamp,
};
use gatewright_registry::VersionAt;
use gatewright_store::views::versions::VersionPage;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made, shown},
        contracts::Despite,
    },
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        expected::{Expected, MustExpect},
        problem::Problem,
        query::Query,
    },
};

/// A version to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewVersion {
    /// Its number: `v` and a whole number.
    number: VersionNumber,
    /// Where its requests go.
    upstream: Upstream,
}

/// What may change about a version.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionEdit {
    /// Where its requests go.
    upstream: Upstream,
}

/// A version's end, announced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Deprecation {
    /// When it is to end.
    sunset: Timestamp,
}

/// Why a version is stopped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stop {
    /// Why; callers are told.
    reason: Reason,
}

/// The parts of a version's path.
pub(super) type Parts = Path<(ApiHandle, VersionNumber)>;

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/apis/{api}/versions/{version}";
    let to = |verb: &str| web::resource(format!("{AT}/{verb}"));
    config
        .service(web::resource("/apis/{api}/versions").post(draft))
        .service(web::resource(AT).get(show).patch(edit))
        .service(to("staleness").put(agree))
        .service(to("publish").post(publish))
        .service(to("deprecate").post(deprecate))
        .service(to("retire").post(retire))
        .service(to("block").post(block))
        .service(to("unblock").post(unblock))
        .service(to("discard").post(discard));
}

pub(super) fn place(parts: Parts) -> VersionAt {
    let (api, number) = parts.into_inner();
    VersionAt { api, number }
}

/// A version as the caller sees it now.
pub(super) async fn view(
    app: &App,
    caller: &Caller,
    at: &VersionAt,
) -> Result<VersionPage, Problem> {
    let sight = app.reader.as_seen_by(caller);
    Ok(sight.version(&at.api, at.number, app.now()).await?)
}

async fn current(app: &App, by: &Bearer, at: &VersionAt) -> Result<HttpResponse, Problem> {
    let page = view(app, &by.caller, at).await?;
    Ok(shown(&page, page.version.revision))
}

/// Begin a version
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions", tag = "Versions", request_body = NewVersion,
    params(("api" = ApiHandle, Path)), responses((status = 201, body = VersionPage)))]
pub(super) async fn draft(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    Body(NewVersion { number, upstream }): Body<NewVersion>,
) -> Result<HttpResponse, Problem> {
    let api = api.into_inner();
    app.registry
        .draft_version(&by.caller, &api, number, upstream)
        .await?;
    let page = view(&app, &by.caller, &VersionAt { api, number }).await?;
    let place = format!("/apis/{}/versions/{number}", page.version.api);
    Ok(made(place, &page, page.version.revision))
}

/// Show a version with its contract, operations, plans and subscribers
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn show(app: Data<App>, by: Bearer, at: Parts) -> Result<HttpResponse, Problem> {
    current(&app, &by, &place(at)).await
}

/// Send a version's requests somewhere else
#[utoipa::path(patch, path = "/api/v1/apis/{api}/versions/{version}", tag = "Versions", request_body = VersionEdit,
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn edit(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    MustExpect(expected): MustExpect,
    Body(VersionEdit { upstream }): Body<VersionEdit>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .redirect_version(&by.caller, &at, upstream, Some(expected))
        .await?;
    current(&app, &by, &at).await
}

/// Say what becomes of a version's calls at gateways that are out of touch
#[utoipa::path(put, path = "/api/v1/apis/{api}/versions/{version}/staleness", tag = "Versions",
    request_body = Staleness,
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn agree(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    Body(staleness): Body<Staleness>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .agree_on_staleness(&by.caller, &at, staleness, expected)
        .await?;
    current(&app, &by, &at).await
}

/// Open a draft to callers
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/publish", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), Despite, ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn publish(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    Query(Despite { reason }): Query<Despite>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .publish_version(&by.caller, &at, reason, expected)
        .await?;
    current(&app, &by, &at).await
}

/// Announce a version's end
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/deprecate", tag = "Versions",
    request_body = Deprecation,
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn deprecate(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    Body(Deprecation { sunset }): Body<Deprecation>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .deprecate_version(&by.caller, &at, sunset, expected)
        .await?;
    current(&app, &by, &at).await
}

/// End a version for good
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/retire", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn retire(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .retire_version(&by.caller, &at, expected)
        .await?;
    current(&app, &by, &at).await
}

/// Stop a version at once
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/block", tag = "Versions", request_body = Stop,
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn block(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    Body(Stop { reason }): Body<Stop>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .block_version(&by.caller, &at, reason, expected)
        .await?;
    current(&app, &by, &at).await
}

/// Let a blocked version answer again
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/unblock", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = VersionPage)))]
pub(super) async fn unblock(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let at = place(at);
    app.registry
        .unblock_version(&by.caller, &at, expected)
        .await?;
    current(&app, &by, &at).await
}

/// Give a draft up; nothing of it is shown any more
#[utoipa::path(post, path = "/api/v1/apis/{api}/versions/{version}/discard", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 204)))]
pub(super) async fn discard(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Expected(expected): Expected,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.registry
        .discard_version(&by.caller, &place(at), expected)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
