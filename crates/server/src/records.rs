//! What the gateway in this process tells of its traffic.

use gatewright_domain::record::Batch;
use gatewright_keys::Keys;
use gatewright_registry::Registry;
use gatewright_store::quiet::acknowledgements::EMBEDDED;
use tokio::sync::mpsc;
use tracing::warn;

/// Keeps what is told until there is nobody to tell.
pub(crate) async fn keep_all(registry: Registry, keys: Keys, mut batches: mpsc::Receiver<Batch>) {
    while let Some(batch) = batches.recv().await {
        keys.note_surprises(&batch.decisions);
        let records = batch.records.len();
        if let Err(error) = registry.record(EMBEDDED, batch).await {
            let error = format!("{:#}", anyhow::Error::from(error));
            warn!(records, error, "Could not keep {records} access records");
        }
    }
}
