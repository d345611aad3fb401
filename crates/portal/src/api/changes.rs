//! Changes: what is different for callers from one contract of an API to another.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{contract::ContractAt, handle::ApiHandle};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::web::{app::App, caller::Bearer, changes::Told, problem::Problem, query::Query};

/// Which two contracts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The earlier one: `v1` for the contract that v1 uses, `v1@3` for its third revision.
    #[param(value_type = String)]
    from: ContractAt,
    /// The later one.
    #[param(value_type = String)]
    to: ContractAt,
}

/// What changed between two contracts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Compared {
    /// The earlier one, with its revision.
    from: String,
    /// The later one, with its revision.
    to: String,
    /// What changed.
    #[serde(flatten)]
    changes: Told,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/apis/{api}/changes").get(compare));
}

/// Tell what changed from one contract of an API to another
#[utoipa::path(get, path = "/api/v1/apis/{api}/changes", tag = "Contracts",
    params(("api" = ApiHandle, Path), Asked), responses((status = 200, body = Compared)))]
pub(super) async fn compare(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    Query(Asked { from, to }): Query<Asked>,
) -> Result<HttpResponse, Problem> {
    let compared = app.registry.compare(&by.caller, &api, from, to).await?;
    Ok(HttpResponse::Ok().json(Compared {
        from: compared.from.to_string(),
        to: compared.to.to_string(),
        changes: compared.changes.into(),
    }))
}
