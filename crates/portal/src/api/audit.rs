//! The trail: read in its order, and verified.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::time::Timestamp;
use gatewright_operators::Verified;
use gatewright_store::views::{
    events::{EventFilter, EventRow, Order},
    page::Paged,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::slice::{page, paged},
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        problem::Problem,
        query::Query,
    },
};

/// Which events; everything that is not named is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// The number of the last event already known.
    after: Option<i64>,
    /// How many at most: 1 to 100, 50 when nothing is said.
    limit: Option<u32>,
    /// `noun.verb`, or a noun alone for all its verbs.
    action: Option<String>,
    /// Who did it: an id.
    actor: Option<String>,
    /// What it was done to: an id.
    target: Option<String>,
    /// From this moment on.
    from: Option<Timestamp>,
    /// Before this moment.
    to: Option<Timestamp>,
}

/// Whether the trail is as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proof {
    /// Whether all of it is.
    valid: bool,
    /// How many events agree with each other, counted from the first.
    size: u64,
    /// The root of the tree over those events, in hexadecimal (RFC 6962).
    root: String,
    /// The first event that is not as it was written.
    first_bad: Option<FirstBad>,
}

/// The first event that is not as it was written.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FirstBad {
    /// Its number.
    seq: i64,
    /// How that shows.
    what: String,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/audit/events").get(events))
        .service(web::resource("/audit/verify").post(verify));
}

/// Read the trail, the oldest event first
#[utoipa::path(get, path = "/api/v1/audit/events", tag = "Audit", params(Asked),
    responses((status = 200, body = Paged<EventRow>)))]
pub(super) async fn events(
    app: Data<App>,
    by: Bearer,
    Query(asked): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Asked {
        after,
        limit,
        action,
        actor,
        target,
        from,
        to,
    } = asked;
    let page = page(after.map(|after| after.to_string()), limit)?;
    let filter = EventFilter {
        action,
        actor,
        target,
        from,
        to,
    };
    let events = app
        .operators
        .read_trail(&by.caller, &filter, Order::Oldest, &page)
        .await?;
    Ok(paged(&request, "after", &events))
}

/// Recompute the whole trail, and name the first event that is not as it was written
#[utoipa::path(post, path = "/api/v1/audit/verify", tag = "Audit",
    responses((status = 200, body = Proof)))]
pub(super) async fn verify(
    app: Data<App>,
    by: Bearer,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Verified {
        size,
        root,
        first_bad,
    } = app.operators.verify_trail(&by.caller).await?;
    let first_bad = first_bad.map(|bad| FirstBad {
        seq: bad.seq,
        what: bad.what,
    });
    let valid = first_bad.is_none();
    Ok(HttpResponse::Ok().json(Proof {
        valid,
        size,
        root,
        first_bad,
    }))
}
