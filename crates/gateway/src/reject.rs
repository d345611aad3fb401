//! Refusals as answers: a problem document (RFC 9457), and the headers by which programs understand it.

use bytes::Bytes;
use gatewright_domain::{binding::Binding, id::DecisionId, refusal::Refusal};
use gatewright_token::proof::ALGORITHMS;
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use serde::Serialize;

use crate::{bearer::Scheme, forward::REQUEST_ID, trace::Trace};

const DECISION: HeaderName = HeaderName::from_static("gatewright-decision");

/// A refusal as callers read it.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: String,
    instance: String,
    request_id: String,
    decision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    required_scopes: Option<&'a [String]>,
}

/// The answer to a refused request.
pub(crate) fn reject(
    refusal: &Refusal,
    decision: DecisionId,
    trace: &Trace,
    portal: &str,
) -> Response<Bytes> {
    let name = refusal.problem();
    let problem = Problem {
        r#type: format!("{portal}/help/errors/{name}"),
        title: title(refusal),
        status: refusal.status(),
        detail: refusal.detail(),
        instance: format!("{portal}/decisions/{decision}"),
        request_id: trace.request.to_string(),
        decision: decision.to_string(),
        error: refusal.bearer_error(),
        required_scopes: required(refusal),
    };
    let text = serde_json::to_vec(&problem).unwrap_or_default();
    let mut answer = Response::new(Bytes::from(text));
    *answer.status_mut() = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::FORBIDDEN);
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    say(headers, DECISION, problem.decision);
    say(headers, REQUEST_ID, problem.request_id);
    instructions(headers, refusal, trace, portal);
    answer
}

/// What a program does next.
fn instructions(headers: &mut HeaderMap, refusal: &Refusal, trace: &Trace, portal: &str) {
    if let Some(challenge) = challenge(refusal, trace, portal) {
        say(headers, WWW_AUTHENTICATE, challenge);
    }
    if let Some(wait) = refusal.retry_after() {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        say(headers, RETRY_AFTER, seconds.to_string());
    }
    if let Refusal::MethodNotAllowed { allowed } = refusal {
        say(headers, ALLOW, allowed.join(", "));
    }
    if let Refusal::Retired { .. } = refusal {
        for (name, value) in trace.route.iter().flat_map(|route| &route.notices) {
            headers.append(name, value.clone());
        }
    }
    if let Refusal::Malformed { .. } | Refusal::TooLarge = refusal {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// RFC 6750 section 3, RFC 9449 section 7.1, RFC 9728 section 5.1.
fn challenge(refusal: &Refusal, trace: &Trace, portal: &str) -> Option<String> {
    if refusal.bearer_error().is_none() && !matches!(refusal, Refusal::NoCredential) {
        return None;
    }
    let version = &trace.route.as_ref()?.version;
    let (api, number) = (&version.api, version.number);
    let metadata = format!("{portal}/.well-known/oauth-protected-resource/{api}/{number}");
    let scheme = scheme(trace);
    let name = match scheme {
        Scheme::Bearer => "Bearer",
        Scheme::Dpop => "DPoP",
    };
    let mut challenge =
        format!("{name} realm=\"{api}-{number}\", resource_metadata=\"{metadata}\"");
    if let Some(error) = refusal.bearer_error() {
        let detail = if error == "invalid_token" {
            "The access token is invalid"
        } else {
            title(refusal)
        };
        challenge.push_str(&format!(
            ", error=\"{error}\", error_description=\"{detail}\""
        ));
    }
    if let Some(scopes) = required(refusal) {
        challenge.push_str(&format!(", scope=\"{}\"", scopes.join(" ")));
    }
    if scheme == Scheme::Dpop {
        let algs = ALGORITHMS.map(|algorithm| algorithm.name()).join(" ");
        challenge.push_str(&format!(", algs=\"{algs}\""));
    }
    Some(challenge)
}

/// How the token should have been sent: as what it is bound to asks for, or else as it was (RFC 9449 section 7.1).
fn scheme(trace: &Trace) -> Scheme {
    let facts = trace.facts.as_ref();
    match facts.and_then(|facts| facts.binding()) {
        Some(Binding::Key(_)) => Scheme::Dpop,
        Some(Binding::Certificate(_)) => Scheme::Bearer,
        None => trace.scheme.unwrap_or(Scheme::Bearer),
    }
}

fn required(refusal: &Refusal) -> Option<&[String]> {
    let Refusal::InsufficientScope { required, .. } = refusal else {
        return None;
    };
    Some(required)
}

fn say(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// What kind of problem it is, in a few words.
const fn title(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed { .. } => "The request is malformed or ambiguous",
        Refusal::NoRoute => "No such version",
        Refusal::NoOperation => "No such operation",
        Refusal::MethodNotAllowed { .. } => "Method not allowed",
        Refusal::Retired { .. } => "The version is retired",
        Refusal::Blocked { .. } => "The version is blocked",
        Refusal::NoCredential => "A token is required",
        Refusal::CredentialMalformed => "The credential is malformed",
        Refusal::TokenInvalid { .. }
        | Refusal::TokenRevoked
        | Refusal::IssuerKeyUnknown { .. }
        | Refusal::TokenBeforeWatermark { .. }
        | Refusal::ClientUnknown
        | Refusal::ClientDisabled
        | Refusal::WrongAudience { .. } => "The access token is invalid",
        Refusal::ProofInvalid { .. } => "The DPoP proof is invalid",
        Refusal::InsufficientScope { .. } => "The token lacks a scope",
        Refusal::NotSubscribed => "Not subscribed",
        Refusal::SubscriptionPaused => "The subscription is paused",
        Refusal::RateExceeded { .. } => "Too many requests",
        Refusal::QuotaExceeded { .. } => "The daily quota is used up",
        Refusal::NotReady => "The gateway is not ready",
        Refusal::Stale { .. } => "The gateway is out of date",
        Refusal::UpstreamUnreachable => "The upstream cannot be reached",
        Refusal::UpstreamTimeout => "The upstream did not answer in time",
        Refusal::TooLarge => "The request is too large",
    }
}
