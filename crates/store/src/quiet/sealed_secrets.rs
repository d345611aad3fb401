//! Secrets of the server itself: made by whichever server starts first, so that all of them share one; nobody asks for
//! it, and nobody's rights change by it. The secret of an outside issuer rests here too: alone it means nothing, and that its issuer
//! is trusted, or no more, is an event.

use std::collections::BTreeMap;

use gatewright_domain::{key::Sealed, time::Timestamp};
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::sealed_secret::{self, ActiveModel, Column, Entity, Model},
    store::Store,
};

impl Store {
    /// The secret of this name, if it was made.
    ///
    /// # Errors
    /// `Database`.
    pub async fn sealed_secret(&self, name: &str) -> Result<Option<Sealed>, StoreError> {
        let found = Entity::find_by_id(name.to_owned())
            .one(self.quietly())
            .await?;
        Ok(found.map(sealed))
    }

    /// Keeps a secret when there is none of this name; never replaces one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_sealed_secret(
        &self,
        name: &str,
        secret: Sealed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Sealed { kek, record } = secret;
        let first = ActiveModel {
            name: Set(name.to_owned()),
            kek: Set(kek),
            record: Set(record),
            made_at: Set(now),
        };
        let known = OnConflict::column(Column::Name).do_nothing().to_owned();
        let insert = Entity::insert(first).on_conflict(known);
        insert.exec_without_returning(self.quietly()).await?;
        Ok(())
    }

    /// Forgets the secret of this name, when what it was for is over.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_sealed_secret(&self, name: &str) -> Result<(), StoreError> {
        let forget = Entity::delete_by_id(name.to_owned());
        forget.exec(self.quietly()).await?;
        Ok(())
    }

    /// How many secrets rest under each key-encryption key, private signing keys included.
    ///
    /// # Errors
    /// `Database`.
    pub async fn sealed_under(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        sealed_secret::count_under(self.quietly()).await
    }
}

fn sealed(row: Model) -> Sealed {
    let Model {
        name: _,
        kek,
        record,
        made_at: _,
    } = row;
    Sealed { kek, record }
}
