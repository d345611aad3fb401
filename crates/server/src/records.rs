//! What the gateway in this process tells of its traffic: counted by the hour, and refusals kept for a while.

use std::collections::BTreeMap;

use anyhow::Result;
use gatewright_domain::{
    record::{AccessRecord, Batch},
    time::Timestamp,
    token::Jti,
};
use gatewright_store::{Store, quiet::usage::Tally};
use tokio::sync::mpsc;
use tracing::warn;

/// Keeps what is told until there is nobody to tell.
pub(crate) async fn keep_all(store: Store, mut batches: mpsc::Receiver<Batch>) {
    while let Some(batch) = batches.recv().await {
        let (records, dropped) = (batch.records.len(), batch.dropped);
        if dropped > 0 {
            warn!(dropped, "The gateway lost {dropped} access records");
        }
        if let Err(error) = keep(&store, batch).await {
            warn!(
                records,
                error = format!("{error:#}"),
                "Could not keep {records} access records"
            );
        }
    }
}

async fn keep(store: &Store, batch: Batch) -> Result<()> {
    let Batch {
        records,
        decisions,
        dropped: _,
    } = batch;
    // Decisions first: a caller may follow its link at once.
    store.keep_decisions(decisions).await?;
    store.add_usage(tallies(&records)).await?;
    store.touch_tokens(&last_uses(&records)).await?;
    Ok(())
}

/// Adds records up by hour, version, operation, application, status and reason; in that order.
fn tallies(records: &[AccessRecord]) -> Vec<Tally> {
    let mut sums: BTreeMap<_, Tally> = BTreeMap::new();
    for record in records {
        let hour = record.at.hour();
        let operation = record.operation.as_ref();
        let key = (
            hour,
            record.version,
            operation.map(|(method, path)| (method.to_string(), path.clone())),
            record.application,
            record.status,
            record.refused.clone(),
        );
        let sum = sums.entry(key).or_insert_with(|| Tally {
            hour,
            version: record.version,
            operation: record.operation.clone(),
            application: record.application,
            status: record.status,
            refused: record.refused.clone(),
            calls: 0,
            bytes: 0,
        });
        sum.calls += 1;
        sum.bytes = sum.bytes.saturating_add(record.bytes);
    }
    sums.into_values().collect()
}

/// When each token was last used.
fn last_uses(records: &[AccessRecord]) -> Vec<(Jti, Timestamp)> {
    let mut uses: BTreeMap<&str, (&Jti, Timestamp)> = BTreeMap::new();
    for record in records {
        if let Some(jti) = &record.jti {
            let last = uses.entry(jti.as_str()).or_insert((jti, record.at));
            last.1 = last.1.max(record.at);
        }
    }
    uses.into_values()
        .map(|(jti, at)| (jti.clone(), at))
        .collect()
}
