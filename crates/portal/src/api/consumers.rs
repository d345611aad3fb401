//! Consumers: who calls.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    handle::{ApplicationHandle, ConsumerHandle},
    text::Name,
};
use gatewright_store::views::{
    applications::ApplicationPage,
    consumers::{ConsumerPage, ConsumerRow},
    page::Paged,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made, shown},
        slice::{Slice, paged},
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// A consumer or an application to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// Its name: one line of at most 100 characters.
    name: Name,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/consumers").get(list).post(register))
        .service(web::resource("/consumers/{consumer}").get(show))
        .service(web::resource("/consumers/{consumer}/applications").post(register_application));
}

/// List consumers
#[utoipa::path(get, path = "/api/v1/consumers", tag = "Consumers", params(Slice),
    responses((status = 200, body = Paged<ConsumerRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let consumers = app
        .reader
        .as_seen_by(&by.caller)
        .consumers(&page, app.now())
        .await?;
    Ok(paged(&request, "cursor", &consumers))
}

/// Register a consumer
#[utoipa::path(post, path = "/api/v1/consumers", tag = "Consumers", request_body = Named,
    responses((status = 201, body = ConsumerPage)))]
pub(super) async fn register(
    app: Data<App>,
    by: Bearer,
    Body(Named { name }): Body<Named>,
) -> Result<HttpResponse, Problem> {
    let consumer = app.registry.register_consumer(&by.caller, name).await?;
    let handle = ConsumerHandle::Id(consumer.id);
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .consumer(&handle, app.now())
        .await?;
    Ok(made(
        format_args!("/consumers/{handle}"),
        &page,
        page.consumer.revision,
    ))
}

/// Show a consumer with its applications
#[utoipa::path(get, path = "/api/v1/consumers/{consumer}", tag = "Consumers",
    params(("consumer" = ConsumerHandle, Path)), responses((status = 200, body = ConsumerPage)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    consumer: Path<ConsumerHandle>,
) -> Result<HttpResponse, Problem> {
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .consumer(&consumer, app.now())
        .await?;
    Ok(shown(&page, page.consumer.revision))
}

/// Register an application of a consumer
#[utoipa::path(post, path = "/api/v1/consumers/{consumer}/applications", tag = "Applications",
    request_body = Named, params(("consumer" = ConsumerHandle, Path)),
    responses((status = 201, body = ApplicationPage)))]
pub(super) async fn register_application(
    app: Data<App>,
    by: Bearer,
    consumer: Path<ConsumerHandle>,
    Body(Named { name }): Body<Named>,
) -> Result<HttpResponse, Problem> {
    let application = app
        .registry
        .register_application(&by.caller, &consumer, name)
        .await?;
    let handle = ApplicationHandle::Id(application.id);
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .application(&handle, app.now())
        .await?;
    Ok(made(
        format_args!("/applications/{handle}"),
        &page,
        page.application.revision,
    ))
}
