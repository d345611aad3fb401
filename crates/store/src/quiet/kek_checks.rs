//! Check values of key-encryption keys: they change nothing, they tell at the start that the right key was given.

use gatewright_domain::time::Timestamp;
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::kek_check::{ActiveModel, Column, Entity},
    store::Store,
};

impl Store {
    /// The check value of a key-encryption key, if it was used before.
    ///
    /// # Errors
    /// `Database`.
    pub async fn kek_check(&self, kek: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = Entity::find_by_id(kek.to_owned())
            .one(self.quietly())
            .await?;
        Ok(found.map(|row| row.check_value))
    }

    /// Keeps the check value of a key-encryption key when it is used for the first time; never replaces one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_kek_check(
        &self,
        kek: &str,
        check_value: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let check = ActiveModel {
            kek: Set(kek.to_owned()),
            check_value: Set(check_value),
            made_at: Set(now),
        };
        let known = OnConflict::column(Column::Kek).do_nothing().to_owned();
        let insert = Entity::insert(check).on_conflict(known);
        insert.exec_without_returning(self.quietly()).await?;
        Ok(())
    }
}
