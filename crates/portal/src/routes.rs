//! The table of contents of the control plane: every address there is.

use actix_web::{
    HttpResponse,
    http::header,
    middleware::from_fn,
    web::{self, Path, ServiceConfig},
};

use crate::{
    api, assets, internal, oauth, pages,
    web::{catalogue::Kind, idempotency::once, problem::Problem},
};

/// Every address: what programs call, what gateways call, what anybody may read, and the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::scope("/api/v1").wrap(from_fn(once)).configure(api::routes))
        .service(web::scope("/internal/v1").configure(internal::routes))
        .configure(oauth::routes)
        .service(web::resource("/assets/{name}").get(asset))
        .configure(pages::routes)
        .default_service(web::to(nothing));
}

/// Style, script and icons; for ever when asked for by their versioned address.
async fn asset(name: Path<String>, request: actix_web::HttpRequest) -> Result<HttpResponse, Problem> {
    let found = assets::ALL.into_iter().find(|asset| asset.name == name.as_str());
    let asset = found.ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    let keep = if request.query_string().is_empty() { "no-cache" } else { assets::KEEP };
    Ok(HttpResponse::Ok()
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, keep))
        .body(asset.text))
}

async fn nothing() -> Problem {
    Problem::of(Kind::NOT_FOUND)
}
