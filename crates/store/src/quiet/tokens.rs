//! Rows of tokens that ended long ago are swept out; that they were issued stands in the trail for ever.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

use crate::{
    error::StoreError,
    rows::{
        reminder,
        token::{Column, Entity},
    },
    store::Store,
};

impl Store {
    /// Forgets the rows of tokens that ended before this moment, and what was said of ends that lie a year before it.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        let long_ago = before.minus(std::time::Duration::from_secs(366 * 86_400));
        let said = reminder::Entity::delete_many().filter(reminder::Column::At.lt(long_ago));
        said.exec(self.quietly()).await?;
        let ended = Entity::delete_many().filter(Column::ExpiresAt.lt(before));
        Ok(ended.exec(self.quietly()).await?.rows_affected)
    }
}
