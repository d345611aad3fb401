//! What gateways counted and refused.

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use gatewright_domain::record::Batch;

use crate::web::{app::App, caller::EnrolledGateway, catalogue::Kind, problem::Problem};

pub(super) async fn take(
    app: Data<App>,
    EnrolledGateway(gateway): EnrolledGateway,
    bytes: Bytes,
) -> Result<HttpResponse, Problem> {
    let batch: Batch = serde_json::from_slice(&bytes)
        .map_err(|error| Problem::of(Kind::BODY_MALFORMED).because(error.to_string()))?;
    app.keys.note_surprises(&batch.decisions);
    app.registry.record(gateway.id, batch).await?;
    Ok(HttpResponse::NoContent().finish())
}
