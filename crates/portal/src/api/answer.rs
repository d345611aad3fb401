//! Answers that hold one thing: with its tag, and with its place when it is new.

use std::fmt::Display;

use actix_web::{HttpResponse, HttpResponseBuilder, http::header};
use gatewright_domain::revision::Revision;
use serde::Serialize;

use crate::web::{expected::tag, idempotency::HoldsSecret};

/// Where the API begins.
pub(super) const BASE: &str = "/api/v1";

/// A thing as it is now.
pub(super) fn shown(view: &impl Serialize, revision: Revision) -> HttpResponse {
    tagged(HttpResponse::Ok(), revision).json(view)
}

/// A thing that was not there before, at a place below `/api/v1`.
pub(super) fn made(place: impl Display, view: &impl Serialize, revision: Revision) -> HttpResponse {
    tagged(HttpResponse::Created(), revision)
        .insert_header((header::LOCATION, format!("{BASE}{place}")))
        .json(view)
}

/// A thing that was not there before, with a secret that is shown this once.
pub(super) fn made_secretly(place: impl Display, view: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Created()
        .insert_header((header::LOCATION, format!("{BASE}{place}")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(view);
    response.extensions_mut().insert(HoldsSecret);
    response
}

/// Something that repeats what was sent in confidence, and is kept nowhere.
pub(super) fn secretly(view: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(view);
    response.extensions_mut().insert(HoldsSecret);
    response
}

fn tagged(mut response: HttpResponseBuilder, revision: Revision) -> HttpResponseBuilder {
    response.insert_header((header::ETAG, tag(revision)));
    response
}
