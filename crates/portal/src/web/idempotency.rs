//! `Idempotency-Key`: a repeated POST gets the stored answer, and is not carried out twice.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::{Bytes, Data},
};
use gatewright_domain::digest::sha256_hex;
use gatewright_store::Answer;

use crate::web::{app::App, catalogue::Kind, problem::Problem};

/// Marks an answer that holds a secret, so that it is not kept.
#[derive(Clone, Copy, Debug)]
pub struct HoldsSecret;

/// The largest answer that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Wraps the API: carries a POST with a key out once, keeps its answer for 24 hours, and gives it again.
///
/// # Errors
/// Those of layers inside that cannot answer themselves.
pub async fn once(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let key = request.headers().get("idempotency-key").map(|key| key.to_str().map(str::to_owned));
    let key = match key {
        None => return Ok(next.call(request).await?.map_into_boxed_body()),
        Some(_) if request.method() != Method::POST => {
            return Ok(next.call(request).await?.map_into_boxed_body());
        }
        Some(Ok(key)) if (1..=255).contains(&key.len()) => key,
        Some(_) => return Ok(answer(request, Problem::field("/Idempotency-Key", "1 to 255 visible characters"))),
    };
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Ok(answer(request, Problem::unexpected()));
    };
    let body = match request.extract::<Bytes>().await {
        Ok(body) => body,
        Err(_) => return Ok(answer(request, Problem::of(Kind::BODY_TOO_LARGE))),
    };
    let fingerprint = fingerprint(&request, &body);
    // Whose key it is: the credential's hash, since the caller is known only further inside.
    let credential = request.headers().get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    let actor = sha256_hex(credential);
    request.set_payload(Payload::from(body));
    match app.quiet.begin_once(&actor, &key, &fingerprint, app.now()).await {
        Ok(Answer::Fresh) => {}
        Ok(Answer::Again { status, content_type, body }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let mut stored = HttpResponse::build(status);
            let stored = stored.content_type(content_type).insert_header(("idempotency-replayed", "true"));
            let response = stored.body(body);
            return Ok(request.into_response(response));
        }
        Ok(Answer::Running) => return Ok(answer(request, Problem::of(Kind::IDEMPOTENCY_RUNNING))),
        Ok(Answer::Mismatch) => return Ok(answer(request, Problem::of(Kind::IDEMPOTENCY_MISMATCH))),
        Ok(Answer::ShownOnce) => return Ok(answer(request, Problem::of(Kind::SHOWN_ONCE))),
        Err(error) => return Ok(answer(request, error.into())),
    }
    let response = next.call(request).await?.map_into_boxed_body();
    keep(response, &app, &actor, &key).await
}

fn fingerprint(request: &ServiceRequest, body: &[u8]) -> String {
    let mut bytes = format!("{} {}\n", request.method(), request.uri()).into_bytes();
    bytes.extend_from_slice(body);
    sha256_hex(&bytes)
}

fn answer(request: ServiceRequest, problem: Problem) -> ServiceResponse<BoxBody> {
    request.into_response(HttpResponse::from_error(problem)).map_into_boxed_body()
}

/// Keeps the answer, unless it failed: a request that failed may be repeated.
async fn keep(
    response: ServiceResponse<BoxBody>,
    app: &App,
    actor: &str,
    key: &str,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !response.status().is_success() {
        app.quiet.forget_once(actor, key).await.map_err(Problem::from)?;
        return Ok(response);
    }
    let holds_secret = response.response().extensions().get::<HoldsSecret>().is_some();
    if holds_secret {
        app.quiet.finish_once_without_answer(actor, key).await.map_err(Problem::from)?;
        return Ok(response);
    }
    let media = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.unwrap_or("application/json").to_owned();
    let status = response.status().as_u16();
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body).await.unwrap_or_default();
    if bytes.len() <= LARGEST {
        app.quiet.finish_once(actor, key, status, &media, &bytes).await.map_err(Problem::from)?;
    }
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(bytes))))
}
