//! Status lists (draft-ietf-oauth-status-list sections 8 and 9): for verifiers that are not ours, whether a developer token
//! was revoked.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path},
};
use gatewright_keys::STATUS_LIST_TTL;
use serde_json::json;

use crate::web::{app::App, catalogue::Kind, matching, problem::Problem};

/// What a list is sent as.
const MEDIA: &str = "application/statuslist+jwt";

/// The addresses of all lists.
pub(super) async fn index(app: Data<App>) -> Result<HttpResponse, Problem> {
    let lists = app.keys.status_lists().await?;
    let uris: Vec<String> = lists
        .keys()
        .map(|list| app.keys.status_list_uri(*list))
        .collect();
    Ok(open(&mut HttpResponse::Ok()).json(json!({ "status_lists": uris })))
}

/// One list.
pub(super) async fn show(
    app: Data<App>,
    list: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let not_found = || Problem::of(Kind::NOT_FOUND);
    let number: u32 = list.parse().map_err(|_| not_found())?;
    // One address per list: no sign, no leading zero.
    if number.to_string() != *list {
        return Err(not_found());
    }
    let lists = app.keys.status_lists().await?;
    let signed = lists.get(&number).ok_or_else(not_found)?;
    if !takes(&request) {
        return Err(Problem::of(Kind::NOT_ACCEPTABLE));
    }
    let is_known = matching::is_fresh(&request, &signed.etag);
    let status = if is_known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let mut response = HttpResponse::build(status);
    open(&mut response).insert_header((header::ETAG, signed.etag.to_string()));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response
        .content_type(MEDIA)
        .body(signed.document.to_string()))
}

/// For everybody, wherever their script comes from.
fn open(response: &mut actix_web::HttpResponseBuilder) -> &mut actix_web::HttpResponseBuilder {
    let keep = format!("public, max-age={}", STATUS_LIST_TTL.as_secs());
    response
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::VARY, "Accept"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
}

/// Whether the caller takes a list as it is sent (RFC 9110 section 12.5.1); who says nothing takes everything.
fn takes(request: &HttpRequest) -> bool {
    let mut values = request.headers().get_all(header::ACCEPT).peekable();
    if values.peek().is_none() {
        return true;
    }
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut ranges = texts.flat_map(|text| text.split(','));
    ranges.any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let wanted = parts
            .filter_map(|part| part.strip_prefix("q="))
            .all(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
        let fits = [MEDIA, "application/*", "*/*"];
        wanted && fits.iter().any(|one| one.eq_ignore_ascii_case(name))
    })
}
