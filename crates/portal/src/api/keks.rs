//! Key-encryption keys: listed. They are moved at the terminal of a machine that holds them.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_keys::KekRow;

use crate::{
    api::slice::Whole,
    web::{app::App, caller::Bearer, problem::Problem},
};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/keks").get(list));
}

/// List the key-encryption keys, with how much rests under each and how each felt when it was last asked
#[utoipa::path(get, path = "/api/v1/keks", tag = "Keys", responses((status = 200, body = Whole<KekRow>)))]
pub(super) async fn list(app: Data<App>, _by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app.keys.keks().await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}
