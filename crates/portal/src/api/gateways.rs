//! Gateways that run apart.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{id::GatewayId, text::Name};
use gatewright_registry::EnrolledGateway;
use gatewright_store::views::gateways::GatewayRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{answer::made_secretly, slice::Whole},
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        problem::Problem,
    },
};

/// A gateway to enrol.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGateway {
    /// Its name.
    name: Name,
}

/// A fresh gateway. Its token is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownGateway<'a> {
    /// Its id.
    id: GatewayId,
    /// Its name.
    name: &'a str,
    /// What it asks for snapshots with.
    token: &'a str,
    /// The public key that snapshots are signed with, which it pins.
    snapshot_key: String,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/gateways").get(list).post(enrol))
        .service(web::resource("/gateways/{gateway}/remove").post(remove));
}

/// List gateways, with the revision each enforces
#[utoipa::path(get, path = "/api/v1/gateways", tag = "Gateways",
    responses((status = 200, body = Whole<GatewayRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app
        .reader
        .as_seen_by(&by.caller)
        .gateways(app.now())
        .await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Enrol a gateway; its token is shown in this answer only
#[utoipa::path(post, path = "/api/v1/gateways", tag = "Gateways", request_body = NewGateway,
    responses((status = 201, body = ShownGateway<'_>)))]
pub(super) async fn enrol(
    app: Data<App>,
    by: Bearer,
    Body(NewGateway { name }): Body<NewGateway>,
) -> Result<HttpResponse, Problem> {
    // Asked for first, so that no gateway is enrolled that could not be told what to trust.
    let snapshot_key = app.keys.snapshot_public_key().await?;
    let EnrolledGateway { gateway, text } = app.registry.enrol_gateway(&by.caller, name).await?;
    let text = text.expose_once();
    let (id, name) = (gateway.id, gateway.name.as_str());
    let shown = ShownGateway {
        id,
        name,
        token: &text,
        snapshot_key,
    };
    Ok(made_secretly("/gateways", &shown))
}

/// Give a gateway no more snapshots
#[utoipa::path(post, path = "/api/v1/gateways/{gateway}/remove", tag = "Gateways",
    params(("gateway" = GatewayId, Path)), responses((status = 204)))]
pub(super) async fn remove(
    app: Data<App>,
    by: Bearer,
    id: Path<GatewayId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.registry.remove_gateway(&by.caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
