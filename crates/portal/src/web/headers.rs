//! The headers of every answer, errors included.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::web::context::Context;

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    ),
];

/// Sets them, where a handler has not said otherwise.
pub(crate) fn harden(headers: &mut HeaderMap, context: &Context, is_secure: bool) {
    for (name, value) in FIXED {
        set(headers, name, HeaderValue::from_static(value));
    }
    if is_secure {
        let long = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        set(headers, header::STRICT_TRANSPORT_SECURITY, long);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        set(
            headers,
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        );
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&context.nonce, "'self'")) {
        set(headers, header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Ok(id) = HeaderValue::from_str(&context.id.to_string()) {
        set(headers, HeaderName::from_static("x-request-id"), id);
    }
    headers.remove(header::SERVER);
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}

/// The policy of a page whose form ends at another place: browsers hold redirects against it as well.
pub(crate) fn policy_leading_to(nonce: &str, place: &str) -> String {
    // Addresses of version 6 cannot be written into a policy.
    let place = if place.contains('[') { "http:" } else { place };
    policy(nonce, &format!("'self' {place}"))
}

/// Nothing from another host, nothing inline without this answer's nonce; forms lead to these places.
fn policy(nonce: &str, places: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action {places}; base-uri 'none'; \
         frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types gatewright"
    )
}
