//! Conditional reads: `If-None-Match` (RFC 9110 section 13.1.2).

use actix_web::{HttpRequest, http::header};

/// Whether the caller has what this tag is of. Tags are compared weakly, since a compressed answer is as good.
pub(crate) fn is_fresh(request: &HttpRequest, tag: &str) -> bool {
    let values = request.headers().get_all(header::IF_NONE_MATCH);
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut known = texts.flat_map(|text| text.split(',')).map(str::trim);
    known.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
