//! Receipts: which gateways enforce what was just decided.

use std::time::Duration;

use gatewright_domain::time::Timestamp;
use gatewright_store::{StoreError, views::gateways::Receipt};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::app::App;

/// How long an answer waits for the last gateway: what a gateway needs at most while it can be reached.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which gateways enforce a decision, and which do not yet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipts {
    /// The gateways that enforce it.
    receipts: Vec<Enforced>,
    /// The gateways that have not said so yet. They refuse nothing less: each learns it once it can be reached.
    pending: Vec<String>,
}

/// A gateway that enforces a decision.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Enforced {
    /// The gateway's name.
    gateway: String,
    /// Since when.
    applied_at: Timestamp,
}

/// Waits until every gateway enforces a revision, but no longer than a second.
pub(super) async fn of(app: &App, revision: u64) -> Result<Receipts, StoreError> {
    let told = app.keys.receipts(revision, PATIENCE).await?;
    let (mut receipts, mut pending) = (Vec::new(), Vec::new());
    for Receipt {
        gateway,
        applied_at,
    } in told
    {
        match applied_at {
            Some(applied_at) => receipts.push(Enforced {
                gateway,
                applied_at,
            }),
            None => pending.push(gateway),
        }
    }
    Ok(Receipts { receipts, pending })
}
