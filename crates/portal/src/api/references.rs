//! References: what there is to know of a version's operations, for those who call them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{handle::ApiHandle, text::VersionNumber};
use gatewright_registry::VersionAt;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::{
        slice::{linked, page},
        versions::{Parts, place},
    },
    web::{
        app::App,
        caller::Bearer,
        problem::Problem,
        query::Query,
        reference::{self, OperationReference, ReferenceIndex, Sought},
    },
};

/// Which operations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Words, every one of which must occur in the method, the path, the name, the tag or the summary.
    q: Option<String>,
    /// A tag of the contract.
    tag: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items at most: 1 to 100, 50 when nothing is said.
    limit: Option<u32>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/apis/{api}/versions/{version}/reference";
    config
        .service(web::resource(AT).get(list))
        .service(web::resource(format!("{AT}/{{operation}}")).get(show));
}

/// List the operations of a version, tag by tag, as its contract describes them
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/reference", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path), Asked),
    responses((status = 200, body = ReferenceIndex)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    at: Parts,
    Query(asked): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Asked {
        q,
        tag,
        cursor,
        limit,
    } = asked;
    let sought = Sought {
        words: q.as_deref().unwrap_or_default(),
        tag: tag.as_deref(),
        page: page(cursor, limit)?,
    };
    let found = reference::index(&app, &by.caller, &place(at), &sought).await?;
    Ok(linked(&request, "cursor", found.next_cursor.as_deref()).json(found))
}

/// Show an operation with its parameters, bodies, responses and a call by curl
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/reference/{operation}", tag = "Contracts",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path),
        ("operation" = String, Path, description = "`name` of an operation in the list")),
    responses((status = 200, body = OperationReference)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    at: Path<(ApiHandle, VersionNumber, String)>,
) -> Result<HttpResponse, Problem> {
    let (api, number, name) = at.into_inner();
    let at = VersionAt { api, number };
    let found = reference::operation(&app, &by.caller, &at, &name).await?;
    Ok(HttpResponse::Ok().json(found))
}
