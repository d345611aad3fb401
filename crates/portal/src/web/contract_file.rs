//! A contract as a file: exactly as it was uploaded, whoever asks for it.

use actix_web::{HttpRequest, HttpResponse, http::header};
use gatewright_domain::access::Caller;
use gatewright_registry::VersionAt;

use crate::web::{app::App, matching, problem::Problem};

/// A revision of a contract, or the one in use, unless whoever asks has it already.
///
/// # Errors
/// `NOT_FOUND`.
pub(crate) async fn given(
    request: &HttpRequest,
    app: &App,
    caller: &Caller,
    at: &VersionAt,
    revision: Option<u32>,
) -> Result<HttpResponse, Problem> {
    let (sight, now) = (app.reader.as_seen_by(caller), app.now());
    let name = sight.version_row(&at.api, at.number, now).await?.api;
    let found = sight
        .contract_document(&at.api, at.number, revision, now)
        .await?;
    let tag = format!("\"{}\"", found.digest);
    if matching::is_fresh(request, &tag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, tag))
            .finish());
    }
    let (media, ending) = kind_of(&found.bytes);
    let file = format!(
        "attachment; filename=\"{name}-{}.{}.{ending}\"",
        at.number, found.number
    );
    // What somebody uploaded is given as a file: never shown, never run.
    Ok(HttpResponse::Ok()
        .content_type(media)
        .insert_header((header::ETAG, tag))
        .insert_header((header::CONTENT_DISPOSITION, file))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        ))
        .body(found.bytes))
}

/// The media type and the ending of a document: JSON begins with a brace.
fn kind_of(document: &[u8]) -> (&'static str, &'static str) {
    let first = document.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'{') => ("application/json", "json"),
        Some(_) | None => ("application/yaml", "yaml"),
    }
}
