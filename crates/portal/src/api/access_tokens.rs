//! One's own access tokens. They are issued in the portal only: an access token makes no access tokens.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::id::AccessTokenId;
use gatewright_store::{StoreError, views::access_tokens::AccessTokenRow};

use crate::{
    api::{answer::shown, slice::Whole},
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        problem::Problem,
    },
};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/access-tokens").get(list))
        .service(web::resource("/access-tokens/{token}/revoke").post(revoke));
}

/// List one's own access tokens
#[utoipa::path(get, path = "/api/v1/access-tokens", tag = "Operators",
    responses((status = 200, body = Whole<AccessTokenRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app
        .reader
        .as_seen_by(&by.caller)
        .access_tokens(by.operator)
        .await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Revoke an access token
#[utoipa::path(post, path = "/api/v1/access-tokens/{token}/revoke", tag = "Operators",
    params(("token" = AccessTokenId, Path)), responses((status = 200, body = AccessTokenRow)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    id: Path<AccessTokenId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let token = app.operators.revoke_access_token(&by.caller, *id).await?;
    let rows = app
        .reader
        .as_seen_by(&by.caller)
        .access_tokens(token.operator)
        .await?;
    let row = rows
        .into_iter()
        .find(|row| row.id == token.id)
        .ok_or(StoreError::NotFound)?;
    Ok(shown(&row, row.revision))
}
