//! The table of contents of the control plane: every address there is.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    middleware::from_fn,
    web::{self, Path, ServiceConfig},
};

use crate::{
    api, assets, console, health, internal, metrics, oauth,
    web::{
        caller::{Bearer, EnrolledGateway},
        catalogue::Kind,
        first::first,
        idempotency::once,
        problem::Problem,
    },
};

/// Every address: what programs call, what gateways call, what anybody may read, and the pages.
pub fn routes(config: &mut ServiceConfig) {
    // What is wrapped last is asked first: a stranger gets no further than who they are.
    let programs = web::scope("/api/v1").wrap(from_fn(once));
    let programs = programs
        .wrap(from_fn(first::<Bearer>))
        .configure(api::routes);
    let gateways = web::scope("/internal/v1").wrap(from_fn(once));
    let gateways = gateways
        .wrap(from_fn(first::<EnrolledGateway>))
        .configure(internal::routes);
    config
        .service(web::resource("/api/v1/openapi.json").get(api::openapi))
        .service(programs)
        .service(gateways)
        .configure(oauth::routes)
        .configure(health::routes)
        .route("/metrics", web::get().to(metrics::metrics))
        .service(web::resource("/assets/{name}").get(asset))
        .configure(console::routes::routes)
        .default_service(web::to(nothing));
}

/// Style, script and icons; for ever when asked for by their versioned address.
async fn asset(name: Path<String>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let asset = assets::find(&name).ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    let asked = request.query_string().strip_prefix("v=");
    let mut response = match request.headers().get(header::IF_NONE_MATCH) {
        Some(known) if known.as_bytes() == asset.etag().as_bytes() => HttpResponse::NotModified(),
        Some(_) | None => HttpResponse::Ok(),
    };
    let response = response
        .content_type(asset.media_type)
        .insert_header((header::ETAG, asset.etag()))
        .insert_header((header::CACHE_CONTROL, asset.cache_control(asked)));
    Ok(response.body(asset.text))
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::of(Kind::NOT_FOUND))
}
