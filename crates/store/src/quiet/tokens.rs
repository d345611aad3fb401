//! Rows of tokens that ended long ago are swept out; that they were issued stands in the trail for ever.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

use crate::{
    error::StoreError,
    rows::token::{Column, Entity},
    store::Store,
};

impl Store {
    /// Forgets the rows of tokens that ended before this moment.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        let ended = Entity::delete_many().filter(Column::ExpiresAt.lt(before));
        Ok(ended.exec(self.quietly()).await?.rows_affected)
    }
}
