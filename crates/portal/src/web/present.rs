//! The outermost layer: draws the request's id, hardens the headers, tells problems in the caller's language, logs one
//! line per request and counts it.

use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use serde_json::{Map, Value, json};
use tracing::info;

use crate::{
    metrics::Answered,
    web::{app::App, catalogue::Kind, context::Context, headers::harden, problem::Problem},
};

/// Wraps everything.
///
/// # Errors
/// Those of layers inside that cannot answer themselves.
pub async fn present(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(Problem::unexpected().into());
    };
    let context = Context::begin(&request, &*app.entropy, app.now());
    let response = if holds_nul(&request) {
        let why = "The address holds a NUL (%00), which no text here does.";
        let problem = Problem::of(Kind::REQUEST_INVALID).because(why);
        request.error_response(problem).map_into_boxed_body()
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let mut response = match problem_of(&response) {
        Some(problem) => told(response, &problem, &app, &context),
        None => response,
    };
    harden(response.headers_mut(), &context, app.place.is_secure());
    account(&response, &context, &app);
    Ok(response)
}

/// Whether an address holds a NUL. PostgreSQL keeps no text with one and fails on it, so it comes no further than here.
fn holds_nul(request: &ServiceRequest) -> bool {
    let address = request.uri().path_and_query();
    address.is_some_and(|address| address.as_str().contains("%00"))
}

/// The problem that a response stands for: ours, or one that actix made by itself.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    if let Some(error) = response.response().error() {
        let problem = error.as_error::<Problem>().cloned();
        return Some(problem.unwrap_or_else(|| Problem::of(Kind::of_status(status))));
    }
    let is_bare = response.headers().get(header::CONTENT_TYPE).is_none();
    let failed = status.is_client_error() || status.is_server_error();
    (failed && is_bare).then(|| Problem::of(Kind::of_status(status)))
}

fn told(
    response: ServiceResponse<BoxBody>,
    problem: &Problem,
    app: &App,
    context: &Context,
) -> ServiceResponse<BoxBody> {
    let (request, mut response) = response.into_parts();
    response.head_mut().status = problem.status();
    let is_person = wants_a_page(&request);
    if is_person && problem.kind == Kind::SIGN_IN_NEEDED && request.method() == Method::GET {
        return to_sign_in(request);
    }
    let (media, body) = if is_person {
        (
            "text/html; charset=utf-8",
            crate::console::problem::render(&request, problem, app, context),
        )
    } else {
        (
            "application/problem+json",
            document(&request, problem, app, context).to_string(),
        )
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Some(wait) = problem.retry_after {
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait.as_secs().max(1)),
        );
    }
    if problem.status() == StatusCode::UNAUTHORIZED && !is_person {
        let realm = match problem.kind {
            Kind::ACCESS_TOKEN_MISSING => r#"Bearer realm="gatewright""#,
            _ => {
                r#"Bearer realm="gatewright", error="invalid_token", error_description="The access token is invalid""#
            }
        };
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(realm));
    }
    ServiceResponse::new(request, response.set_body(BoxBody::new(body)))
}

/// The problem as a document (RFC 9457 section 3).
fn document(request: &HttpRequest, problem: &Problem, app: &App, context: &Context) -> Value {
    let entry = problem.kind.entry();
    let mut document = Map::new();
    document.insert(
        "type".to_owned(),
        json!(format!("{}/help/errors/{}", app.place.portal, entry.slug)),
    );
    document.insert("title".to_owned(), json!(entry.title));
    document.insert("status".to_owned(), json!(entry.status));
    document.insert("detail".to_owned(), json!(problem.detail));
    document.insert("instance".to_owned(), json!(request.path()));
    document.insert("request_id".to_owned(), json!(context.id));
    document.insert("errors".to_owned(), json!(problem.faults));
    if let Some(Value::Object(extra)) = &problem.extra {
        extra.iter().for_each(|(name, value)| {
            document
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        });
    }
    Value::Object(document)
}

/// Whether the answer is for a person: what programs call is never answered with a page.
fn wants_a_page(request: &HttpRequest) -> bool {
    const PROGRAMS: [&str; 5] = [
        "/api/",
        "/oauth2/",
        "/internal/",
        "/.well-known/",
        "/metrics",
    ];
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let is_program = PROGRAMS
        .iter()
        .any(|prefix| request.path().starts_with(prefix));
    // The one address among those of programs at which a person arrives.
    let is_program = is_program && request.path() != "/oauth2/authorize";
    !is_program && accept.is_some_and(|accept| accept.contains("text/html"))
}

/// A page that needs a session sends to the sign-in, and remembers itself.
fn to_sign_in(request: HttpRequest) -> ServiceResponse<BoxBody> {
    let back = request
        .uri()
        .path_and_query()
        .map_or("/console", |place| place.as_str());
    let query: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let response = actix_web::HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/sign-in?back={query}")))
        .finish();
    ServiceResponse::new(request, response)
}

/// One line in the log, and one more in the counters.
fn account(response: &ServiceResponse<BoxBody>, context: &Context, app: &App) {
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "none".to_owned());
    let (method, status) = (response.request().method(), response.status().as_u16());
    let took = app.now().since(context.at);
    let took_ms = took.as_millis();
    info!(request.id = %context.id, %method, route, status, took_ms, "{method} {route} answered {status}");
    let method = known(method);
    let answered = Answered {
        method,
        route,
        status,
    };
    app.meters.count(answered, took);
}

/// The method as a label: a caller may invent one, and must not invent a label.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
