//! Sweeping: rows of tokens that ended long ago. That they were issued stands in the trail for ever.

use std::time::Duration;

use gatewright_store::StoreError;

use crate::Keys;

/// How long the row of a token stays after its end, for whoever asks what it was.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

impl Keys {
    /// Forgets the rows of tokens that ended more than 30 days ago, and says how many; and client assertions that ended.
    /// For a timed job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn prune(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.store.prune_assertions(now).await?;
        let before = now.minus(KEPT);
        self.store.prune_tokens(before).await
    }
}
