//! Revocation (RFC 7009): a client says that it needs a token no more, or that somebody else may have it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use gatewright_keys::RevokedOwn;

use super::{
    client::authenticate,
    error::{Fault, answered, unavailable, unkept},
    form::Form,
};
use crate::web::app::App;

/// Ends a token. What was never alive is dead as well, so that nobody learns which tokens there are.
pub(super) async fn revoke(
    app: Data<App>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    answered(end(&app, &request, body).await)
}

async fn end(
    app: &App,
    request: &HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Fault> {
    let form = Form::read(request, body)?;
    let client = authenticate(app, request, &form).await?;
    let token = form.one("token");
    let token = token.ok_or_else(|| Fault::invalid_request("token is missing"))?;
    let snapshot = app.snapshots.current(app).await.map_err(unavailable)?;
    match app.keys.revoke_own(&client, &snapshot, token).await? {
        RevokedOwn::Dead => {
            let mut response = HttpResponse::Ok();
            unkept(&mut response);
            Ok(response.finish())
        }
        RevokedOwn::OfAnother => Err(Fault::of_another()),
    }
}
