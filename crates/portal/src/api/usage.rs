//! Usage: calls by the hour.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::{
    handle::{ApiHandle, ApplicationHandle},
    text::VersionNumber,
    time::Timestamp,
};
use gatewright_store::views::usage::{UsageFilter, UsageRow};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::slice::Whole,
    web::{app::App, caller::Bearer, problem::Problem, query::Query},
};

/// Which calls; everything that is not named counts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Counted {
    /// Of one API.
    api: Option<ApiHandle>,
    /// Of one version number.
    version: Option<VersionNumber>,
    /// By one application.
    application: Option<ApplicationHandle>,
    /// From this moment on.
    from: Option<Timestamp>,
    /// Before this moment.
    to: Option<Timestamp>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/usage").get(usage));
}

/// Count calls by hour, operation, application and status; at most 10,000 rows, the newest first
#[utoipa::path(get, path = "/api/v1/usage", tag = "Usage", params(Counted),
    responses((status = 200, body = Whole<UsageRow>)))]
pub(super) async fn usage(
    app: Data<App>,
    by: Bearer,
    Query(counted): Query<Counted>,
) -> Result<HttpResponse, Problem> {
    let Counted {
        api,
        version,
        application,
        from,
        to,
    } = counted;
    let filter = UsageFilter {
        api,
        version,
        application,
        from,
        to,
    };
    let items = app.reader.as_seen_by(&by.caller).usage(&filter).await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}
