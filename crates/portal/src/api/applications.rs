//! Applications: the clients of consumers.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{access::Caller, handle::ApplicationHandle};
use gatewright_store::views::{
    applications::{ApplicationPage, ApplicationRow},
    page::Paged,
};

use crate::{
    api::{
        answer::shown,
        slice::{Slice, paged},
    },
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        problem::Problem,
        query::Query,
    },
};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/applications").get(list))
        .service(web::resource("/applications/{application}").get(show))
        .service(web::resource("/applications/{application}/disable").post(disable))
        .service(web::resource("/applications/{application}/enable").post(enable));
}

async fn current(
    app: &App,
    caller: &Caller,
    application: &ApplicationHandle,
) -> Result<HttpResponse, Problem> {
    let page = app
        .reader
        .as_seen_by(caller)
        .application(application, app.now())
        .await?;
    Ok(shown(&page, page.application.revision))
}

/// List applications
#[utoipa::path(get, path = "/api/v1/applications", tag = "Applications", params(Slice),
    responses((status = 200, body = Paged<ApplicationRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let applications = app
        .reader
        .as_seen_by(&by.caller)
        .applications(&page, app.now())
        .await?;
    Ok(paged(&request, "cursor", &applications))
}

/// Show an application with its subscriptions and latest tokens
#[utoipa::path(get, path = "/api/v1/applications/{application}", tag = "Applications",
    params(("application" = ApplicationHandle, Path)), responses((status = 200, body = ApplicationPage)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    current(&app, &by.caller, &application).await
}

/// Stop an application from calling anything
#[utoipa::path(post, path = "/api/v1/applications/{application}/disable", tag = "Applications",
    params(("application" = ApplicationHandle, Path)), responses((status = 200, body = ApplicationPage)))]
pub(super) async fn disable(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.registry
        .disable_application(&by.caller, &application)
        .await?;
    current(&app, &by.caller, &application).await
}

/// Let a disabled application call again
#[utoipa::path(post, path = "/api/v1/applications/{application}/enable", tag = "Applications",
    params(("application" = ApplicationHandle, Path)), responses((status = 200, body = ApplicationPage)))]
pub(super) async fn enable(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.registry
        .enable_application(&by.caller, &application)
        .await?;
    current(&app, &by.caller, &application).await
}
