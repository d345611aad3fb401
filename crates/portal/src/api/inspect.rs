//! The inspector: what a token says, and what every rule makes of it.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_keys::Inspection;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::answer::secretly,
    web::{app::App, body::Body, caller::Bearer, problem::Problem},
};

/// A token to look into. It is not kept, and stands in no log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspect {
    /// The token.
    token: String,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/inspect").post(inspect));
}

/// Judge a token as the gateways would, and say why
#[utoipa::path(post, path = "/api/v1/inspect", tag = "Decisions", request_body = Suspect,
    responses((status = 200, body = Inspection)))]
pub(super) async fn inspect(
    app: Data<App>,
    by: Bearer,
    Body(Suspect { token }): Body<Suspect>,
) -> Result<HttpResponse, Problem> {
    let inspection = app.keys.inspect(&by.caller, token.trim()).await?;
    Ok(secretly(&inspection))
}
