//! Decisions: why a gateway refused a request.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::id::DecisionId;
use gatewright_store::views::{
    decisions::{DecisionPage, DecisionRow},
    page::Paged,
};

use crate::{
    api::slice::{Slice, paged},
    web::{app::App, caller::Bearer, problem::Problem, query::Query},
};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/decisions").get(list))
        .service(web::resource("/decisions/{decision}").get(show));
}

/// List refusals, the newest first
#[utoipa::path(get, path = "/api/v1/decisions", tag = "Decisions", params(Slice),
    responses((status = 200, body = Paged<DecisionRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let decisions = app.reader.as_seen_by(&by.caller).decisions(&page).await?;
    Ok(paged(&request, "cursor", &decisions))
}

/// Explain a refusal, step by step
#[utoipa::path(get, path = "/api/v1/decisions/{decision}", tag = "Decisions",
    params(("decision" = DecisionId, Path)), responses((status = 200, body = DecisionPage)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<DecisionId>,
) -> Result<HttpResponse, Problem> {
    let decision = app.reader.as_seen_by(&by.caller).decision(*id).await?;
    Ok(HttpResponse::Ok().json(decision))
}
