//! The key set (RFC 7517), for whoever verifies our tokens.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use crate::web::{app::App, matching, problem::Problem};

pub(super) async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let set = app.keys.jwks().await?;
    let is_known = matching::is_fresh(&request, &set.etag);
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    let keep = format!("public, max-age={}, must-revalidate", set.max_age.as_secs());
    response
        .insert_header((header::ETAG, set.etag.to_string()))
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response
        .content_type("application/json")
        .body(set.body.to_string()))
}
