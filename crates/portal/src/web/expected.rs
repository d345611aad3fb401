//! Optimistic locking over HTTP: `ETag` out, `If-Match` in (RFC 9110 section 13.1.1).

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use gatewright_domain::revision::Revision;

use crate::web::{catalogue::Kind, problem::Problem};

/// The revision that a caller last saw, if they say so.
#[derive(Clone, Copy, Debug)]
pub struct Expected(pub Option<Revision>);

/// The revision that a caller last saw; they must say.
#[derive(Clone, Copy, Debug)]
pub struct MustExpect(pub Revision);

/// The tag of a revision.
#[must_use]
pub fn tag(revision: Revision) -> String {
    format!("\"{}\"", revision.number())
}

impl FromRequest for Expected {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(Self))
    }
}

impl FromRequest for MustExpect {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let expected = read(request);
        ready(expected.and_then(|found| {
            found
                .map(Self)
                .ok_or_else(|| Problem::of(Kind::IF_MATCH_NEEDED))
        }))
    }
}

/// The one strong tag of `If-Match`; `*` expects nothing in particular. A tag that is not ours can match nothing.
fn read(request: &HttpRequest) -> Result<Option<Revision>, Problem> {
    let Some(value) = request.headers().get(header::IF_MATCH) else {
        return Ok(None);
    };
    let stale = || Problem::of(Kind::STALE);
    let value = value.to_str().map_err(|_| stale())?.trim();
    if value == "*" {
        return Ok(None);
    }
    let number = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or_else(stale)?;
    let number = number.parse().map_err(|_| stale())?;
    Ok(Some(Revision::from_number(number)))
}
