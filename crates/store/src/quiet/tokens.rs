//! Rows of tokens that ended long ago are swept out, with the revocations that refuse nothing any more; that they were issued
//! and revoked stands in the trail for ever.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

use crate::{
    error::StoreError,
    rows::{
        authorization_code, gateway_receipt, reminder, revocation,
        token::{Column, Entity},
    },
    store::Store,
};

impl Store {
    /// Forgets the rows of tokens that ended and of authorization codes that were issued before this moment, and what was said
    /// of ends that lie a year before it.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_tokens(&self, before: Timestamp) -> Result<u64, StoreError> {
        let long_ago = before.minus(std::time::Duration::from_secs(366 * 86_400));
        let said = reminder::Entity::delete_many().filter(reminder::Column::At.lt(long_ago));
        said.exec(self.quietly()).await?;
        let old = authorization_code::Entity::delete_many()
            .filter(authorization_code::Column::IssuedAt.lt(before));
        old.exec(self.quietly()).await?;
        let ended = Entity::delete_many().filter(Column::ExpiresAt.lt(before));
        let swept = ended.exec(self.quietly()).await?.rows_affected;
        // Revocations that can refuse nothing any more, and the receipts of that time.
        let over = revocation::Entity::delete_many()
            .filter(revocation::Column::ExpiresAt.lt(before))
            .filter(revocation::Column::At.lt(before));
        over.exec(self.quietly()).await?;
        let told = gateway_receipt::Entity::delete_many()
            .filter(gateway_receipt::Column::AppliedAt.lt(before));
        told.exec(self.quietly()).await?;
        Ok(swept)
    }
}
