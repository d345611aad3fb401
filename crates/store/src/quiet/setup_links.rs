//! A set-up link is made while nobody is there to act; using it up is inside the audited set-up (`Tx::set_up`).

use gatewright_domain::time::Timestamp;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{
    error::StoreError,
    rows::setup_link::{ActiveModel, Column, Entity},
    store::Store,
};

impl Store {
    /// Keeps the hash of a new set-up link, and forgets every earlier one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_setup_link(
        &self,
        hash: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let link = ActiveModel {
            hash: Set(hash.to_owned()),
            created_at: Set(now),
            expires_at: Set(expires),
            used_at: Set(None),
        };
        Entity::insert(link)
            .exec_without_returning(self.quietly())
            .await?;
        let earlier = Entity::delete_many().filter(Column::Hash.ne(hash));
        earlier.exec(self.quietly()).await?;
        Ok(())
    }
}
