//! Subscriptions: an application's right to call a version under a plan.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    handle::{ApiHandle, ApplicationHandle, PlanHandle},
    id::SubscriptionId,
    subscription::Subscription,
    text::{ApiName, ScopeName, VersionNumber},
};
use gatewright_registry::{Subscribe, SubscribeError, VersionAt};
use gatewright_store::{StoreError, views::subscriptions::SubscriptionRow};
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
        problem::Problem,
    },
};

/// A subscription to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSubscription {
    /// The API, by id or name.
    api: ApiHandle,
    /// The version's number.
    version: VersionNumber,
    /// The plan, by id or name.
    plan: PlanHandle,
    /// The scopes: as the contract names them (`read`) or as tokens carry them (`orders:v1:read`).
    #[serde(default)]
    scopes: BTreeSet<ScopeName>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    let of = "/applications/{application}/subscriptions";
    config
        .service(web::resource(of).get(list).post(subscribe))
        .service(web::resource("/subscriptions/{subscription}").get(show))
        .service(web::resource("/subscriptions/{subscription}/pause").post(pause))
        .service(web::resource("/subscriptions/{subscription}/resume").post(resume))
        .service(web::resource("/subscriptions/{subscription}/close").post(close));
}

/// The scope as the contract names it.
fn in_contract(scope: ScopeName, api: &ApiName, version: VersionNumber) -> ScopeName {
    let prefix = format!("{api}:{version}:");
    let bare = scope
        .as_str()
        .strip_prefix(&prefix)
        .and_then(|bare| bare.parse().ok());
    bare.unwrap_or(scope)
}

async fn row(app: &App, by: &Caller, at: &Subscription) -> Result<SubscriptionRow, Problem> {
    let rows = app
        .reader
        .as_seen_by(by)
        .subscriptions_of(at.application(), app.now())
        .await?;
    let found = rows.into_iter().find(|row| row.id == at.id());
    Ok(found.ok_or(StoreError::NotFound)?)
}

/// List the subscriptions of an application
#[utoipa::path(get, path = "/api/v1/applications/{application}/subscriptions", tag = "Subscriptions",
    params(("application" = ApplicationHandle, Path)),
    responses((status = 200, body = Whole<SubscriptionRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let application = sight.find_application(&application).await?;
    let items = sight.subscriptions_of(application.id, app.now()).await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Subscribe an application to a version
#[utoipa::path(post, path = "/api/v1/applications/{application}/subscriptions", tag = "Subscriptions",
    request_body = NewSubscription, params(("application" = ApplicationHandle, Path)),
    responses((status = 201, body = SubscriptionRow)))]
pub(super) async fn subscribe(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Body(NewSubscription {
        api,
        version,
        plan,
        scopes,
    }): Body<NewSubscription>,
) -> Result<HttpResponse, Problem> {
    let found = app.reader.as_seen_by(&by.caller).find_api(&api).await;
    let name = found.map_err(|error| match error {
        StoreError::NotFound => Problem::field("/api", "There is no such API."),
        other => other.into(),
    })?;
    let scopes = scopes
        .into_iter()
        .map(|scope| in_contract(scope, &name.name, version))
        .collect();
    let command = Subscribe {
        at: VersionAt {
            api,
            number: version,
        },
        plan,
        scopes,
    };
    let opened = app
        .registry
        .subscribe(&by.caller, &application, command)
        .await?;
    let row = row(&app, &by.caller, &opened).await?;
    Ok(made(
        format_args!("/subscriptions/{}", row.id),
        &row,
        row.revision,
    ))
}

/// Show a subscription
#[utoipa::path(get, path = "/api/v1/subscriptions/{subscription}", tag = "Subscriptions",
    params(("subscription" = SubscriptionId, Path)), responses((status = 200, body = SubscriptionRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<SubscriptionId>,
) -> Result<HttpResponse, Problem> {
    let found = app
        .reader
        .as_seen_by(&by.caller)
        .find_subscription(*id)
        .await?;
    moved(&app, &by, Ok(found)).await
}

async fn moved(
    app: &App,
    by: &Bearer,
    outcome: Result<Subscription, SubscribeError>,
) -> Result<HttpResponse, Problem> {
    let row = row(app, &by.caller, &outcome?).await?;
    Ok(shown(&row, row.revision))
}

/// Pause a subscription
#[utoipa::path(post, path = "/api/v1/subscriptions/{subscription}/pause", tag = "Subscriptions",
    params(("subscription" = SubscriptionId, Path)), responses((status = 200, body = SubscriptionRow)))]
pub(super) async fn pause(
    app: Data<App>,
    by: Bearer,
    id: Path<SubscriptionId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let outcome = app.registry.pause_subscription(&by.caller, *id).await;
    moved(&app, &by, outcome).await
}

/// Resume a subscription
#[utoipa::path(post, path = "/api/v1/subscriptions/{subscription}/resume", tag = "Subscriptions",
    params(("subscription" = SubscriptionId, Path)), responses((status = 200, body = SubscriptionRow)))]
pub(super) async fn resume(
    app: Data<App>,
    by: Bearer,
    id: Path<SubscriptionId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let outcome = app.registry.resume_subscription(&by.caller, *id).await;
    moved(&app, &by, outcome).await
}

/// End a subscription
#[utoipa::path(post, path = "/api/v1/subscriptions/{subscription}/close", tag = "Subscriptions",
    params(("subscription" = SubscriptionId, Path)), responses((status = 200, body = SubscriptionRow)))]
pub(super) async fn close(
    app: Data<App>,
    by: Bearer,
    id: Path<SubscriptionId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let outcome = app.registry.close_subscription(&by.caller, *id).await;
    moved(&app, &by, outcome).await
}
