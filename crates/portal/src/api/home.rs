//! Home: how things are today.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_store::views::home::HomePage;

use crate::web::{app::App, caller::Bearer, problem::Problem};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/home").get(home));
}

/// Show the last day: calls, refusals, what is about to end
#[utoipa::path(get, path = "/api/v1/home", tag = "Usage", responses((status = 200, body = HomePage)))]
pub(super) async fn home(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let home = app.reader.as_seen_by(&by.caller).home(app.now()).await?;
    Ok(HttpResponse::Ok().json(home))
}
