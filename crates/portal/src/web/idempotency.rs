//! `Idempotency-Key`: a repeated POST gets the stored answer, and is not carried out twice.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::{Bytes, Data},
};
use gatewright_domain::digest::sha256_hex;
use gatewright_store::quiet::idempotency::{Answer, Attempt, Standing};

use crate::web::{app::App, catalogue::Kind, problem::Problem};

/// Marks an answer that holds a secret, so that it is not kept.
#[derive(Clone, Copy, Debug)]
pub struct HoldsSecret;

/// What stands for an answer that held a secret.
const SHOWN_ONCE: &str = "shown once";

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
    let key = request
        .headers()
        .get("idempotency-key")
        .map(|key| key.to_str().map(str::to_owned));
    let key = match key {
        None => return Ok(next.call(request).await?.map_into_boxed_body()),
        Some(_) if request.method() != Method::POST => {
            return Ok(next.call(request).await?.map_into_boxed_body());
        }
        Some(Ok(key)) if (1..=255).contains(&key.len()) => key,
        Some(_) => {
            return Ok(answer(
                request,
                Problem::field("/Idempotency-Key", "1 to 255 visible characters"),
            ));
        }
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
    let credential = request
        .headers()
        .get(header::AUTHORIZATION)
        .map_or(&b""[..], |value| value.as_bytes());
    let actor = sha256_hex(credential);
    request.set_payload(Payload::from(body));
    let attempt = Attempt {
        actor: &actor,
        key: &key,
        fingerprint: &fingerprint,
    };
    match app.attempts.begin(attempt, app.now()).await {
        Ok(Standing::Fresh) => {}
        Ok(Standing::Replay(kept)) => return Ok(again(request, kept)),
        Ok(Standing::Running) => {
            return Ok(answer(request, Problem::of(Kind::IDEMPOTENCY_RUNNING)));
        }
        Ok(Standing::Mismatch) => {
            return Ok(answer(request, Problem::of(Kind::IDEMPOTENCY_MISMATCH)));
        }
        Err(error) => return Ok(answer(request, error.into())),
    }
    let response = next.call(request).await?.map_into_boxed_body();
    keep(response, &app, attempt).await
}

/// The answer that was kept.
fn again(request: ServiceRequest, kept: Answer) -> ServiceResponse<BoxBody> {
    if kept.content_type == SHOWN_ONCE {
        return answer(request, Problem::of(Kind::SHOWN_ONCE));
    }
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    let response = response
        .content_type(kept.content_type)
        .insert_header(("idempotency-replayed", "true"));
    let response = response.body(kept.body);
    request.into_response(response)
}

fn fingerprint(request: &ServiceRequest, body: &[u8]) -> String {
    let mut bytes = format!("{} {}\n", request.method(), request.uri()).into_bytes();
    bytes.extend_from_slice(body);
    sha256_hex(&bytes)
}

fn answer(request: ServiceRequest, problem: Problem) -> ServiceResponse<BoxBody> {
    request.error_response(problem).map_into_boxed_body()
}

/// Keeps the answer, unless it failed: a request that failed may be repeated.
async fn keep(
    response: ServiceResponse<BoxBody>,
    app: &App,
    attempt: Attempt<'_>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !response.status().is_success() {
        app.attempts.abandon(attempt).await.map_err(Problem::from)?;
        return Ok(response);
    }
    let status = response.status().as_u16();
    if response
        .response()
        .extensions()
        .get::<HoldsSecret>()
        .is_some()
    {
        let nothing = Answer {
            status,
            content_type: SHOWN_ONCE.to_owned(),
            body: Vec::new(),
        };
        app.attempts
            .finish(attempt, nothing)
            .await
            .map_err(Problem::from)?;
        return Ok(response);
    }
    let media = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let content_type = media.unwrap_or("application/json").to_owned();
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body).await.unwrap_or_default();
    if bytes.len() <= LARGEST {
        let kept = Answer {
            status,
            content_type,
            body: bytes.to_vec(),
        };
        app.attempts
            .finish(attempt, kept)
            .await
            .map_err(Problem::from)?;
    }
    Ok(ServiceResponse::new(
        request,
        head.set_body(BoxBody::new(bytes)),
    ))
}
