//! Receipts: which gateways enforce a revision, and since when.

use std::time::Duration;

use gatewright_store::{StoreError, views::gateways::Receipt};

use crate::Keys;

/// How often gateways are looked after: an embedded one answers within milliseconds, and a page waits for the last.
const PAUSE: Duration = Duration::from_millis(10);

impl Keys {
    /// What every gateway says of a revision, once all of them enforce it, or the wait is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn receipts(
        &self,
        revision: u64,
        wait: Duration,
    ) -> Result<Vec<Receipt>, StoreError> {
        let end = tokio::time::Instant::now() + wait;
        loop {
            let receipts = self.store.reader().receipts(revision).await?;
            let pending = receipts.iter().any(|receipt| receipt.applied_at.is_none());
            if !pending || end <= tokio::time::Instant::now() {
                return Ok(receipts);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
