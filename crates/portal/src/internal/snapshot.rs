//! What is in force: a question that is kept open until there is something newer.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::header::HeaderName, web::Data};
use gatewright_registry::Applied;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use crate::web::{app::App, caller::EnrolledGateway, problem::Problem, query::Query};

/// The signature over the exact bytes of a snapshot.
const SIGNATURE: HeaderName = HeaderName::from_static("gatewright-signature");

/// What is in force at the gateway that asks: `epoch.revision`.
const APPLIED: &str = "gatewright-applied";

/// The longest a question is kept open.
const LONGEST: Duration = Duration::from_secs(25);

/// How often is looked while a question is open: a revocation must arrive within a second, whichever server took it.
const GLANCE: Duration = Duration::from_millis(100);

/// What the gateway has, and how long it will wait for something newer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    #[serde(default)]
    epoch: u64,
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: u64,
}

pub(super) async fn ask(
    app: Data<App>,
    EnrolledGateway(gateway): EnrolledGateway,
    Query(Question { epoch, after, wait }): Query<Question>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if let Some(applied) = applied(&request) {
        app.registry.acknowledge(gateway.id, applied).await?;
    }
    let end = Instant::now() + Duration::from_secs(wait).min(LONGEST);
    loop {
        let newest = app.snapshots.newest(&app).await?;
        if (newest.epoch, newest.revision) > (epoch, after) {
            let mut response = HttpResponse::Ok();
            response.insert_header((SIGNATURE, newest.signature.as_str()));
            return Ok(response
                .content_type("application/json")
                .body(newest.bytes.clone()));
        }
        if end <= Instant::now() || app.snapshots.are_closing() {
            return Ok(HttpResponse::NoContent().finish());
        }
        sleep(GLANCE).await;
    }
}

fn applied(request: &HttpRequest) -> Option<Applied> {
    let text = request.headers().get(APPLIED)?.to_str().ok()?;
    let (epoch, revision) = text.split_once('.')?;
    Some(Applied {
        epoch: epoch.parse().ok()?,
        revision: revision.parse().ok()?,
    })
}
