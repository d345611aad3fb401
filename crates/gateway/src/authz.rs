//! `/-/authz`: the decision alone, for a proxy that forwards by itself: nginx `auth_request`, Traefik ForwardAuth, Envoy
//! `ext_authz` over HTTP. The proxy says in headers which request it asks about; the credential is that of the request.
//!
//! Invariant: it is judged by the very stages that judge a request that comes here itself, limits and record included.

use bytes::Bytes;
use gatewright_domain::refusal::Refusal;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::CACHE_CONTROL, request::Parts,
};

use crate::{
    admit::Admitted,
    forward::{APPLICATION, CONSUMER, REQUEST_ID, SCOPES},
    head::malformed,
};

/// The status that was meant, for a proxy that knows two only.
const STATUS: HeaderName = HeaderName::from_static("gatewright-status");

/// The headers by which proxies say what they ask about: nginx's by custom, and Traefik's.
static ASKS: [[HeaderName; 2]; 2] = [
    [
        HeaderName::from_static("x-original-method"),
        HeaderName::from_static("x-original-uri"),
    ],
    [
        HeaderName::from_static("x-forwarded-method"),
        HeaderName::from_static("x-forwarded-uri"),
    ],
];

/// How a proxy takes an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adviser {
    /// Every status as it is.
    Plain,
    /// nginx knows 401 and 403; any other refusal is a failure to it.
    Nginx,
}

/// Who asks at this path, if that is what it is for.
pub(crate) fn at(path: &str) -> Option<Adviser> {
    match path {
        "/-/authz" => Some(Adviser::Plain),
        "/-/authz/nginx" => Some(Adviser::Nginx),
        _ => None,
    }
}

/// The head of the request that is asked about: that of the question, under the method and the address it names.
///
/// # Errors
/// `Malformed` when it names none, or more than one.
pub(crate) fn asked_about<B>(question: Request<B>) -> Result<Parts, Refusal> {
    let (mut parts, _) = question.into_parts();
    match named(&parts.headers) {
        Ok((method, uri)) => {
            (parts.method, parts.uri) = (method, uri);
            Ok(parts)
        }
        Err(fault) => Err(malformed(fault)),
    }
}

fn named(headers: &HeaderMap) -> Result<(Method, Uri), &'static str> {
    let mut asks = ASKS
        .iter()
        .filter(|[method, uri]| headers.contains_key(method) || headers.contains_key(uri));
    let [method, uri] = asks
        .next()
        .ok_or("a proxy says in X-Original-Method and X-Original-URI what it asks about")?;
    if asks.next().is_some() {
        return Err("X-Original-… and X-Forwarded-… both say what is asked about");
    }
    let one = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            (None | Some(_), _) => None,
        }
    };
    let method = one(method).and_then(|method| Method::from_bytes(method.as_bytes()).ok());
    let method = method.ok_or("the method that is asked about is missing, doubled or none")?;
    let uri = one(uri).filter(|uri| uri.as_bytes().starts_with(b"/"));
    let uri = uri.and_then(|uri| Uri::try_from(uri.as_bytes()).ok());
    let uri = uri.ok_or("the address that is asked about is missing, doubled or no path")?;
    Ok((method, uri))
}

/// What a proxy is told of a request that may be forwarded: who calls, for it to pass on.
pub(crate) fn admitted(admitted: &Admitted, request_id: HeaderValue) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::new());
    let headers = answer.headers_mut();
    headers.insert(CONSUMER, admitted.caller().consumer.clone());
    headers.insert(APPLICATION, admitted.caller().application.clone());
    headers.insert(SCOPES, admitted.facts().scopes.clone());
    headers.insert(REQUEST_ID, request_id);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// What a proxy is told of one that may not.
pub(crate) fn refused<B>(adviser: Adviser, mut answer: Response<B>) -> Response<B> {
    let status = answer.status();
    let is_known = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    if adviser == Adviser::Nginx && !is_known {
        let meant = HeaderValue::from(status.as_u16());
        answer.headers_mut().insert(STATUS, meant);
        *answer.status_mut() = StatusCode::FORBIDDEN;
    }
    answer
}
