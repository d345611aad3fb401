//! A client assertion is good once. That it was used is remembered until it ends by itself; nobody's rights change by it,
//! and the token that it led to is an event.

use gatewright_domain::{id::ApplicationId, time::Timestamp};
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::assertion_seen::{ActiveModel, Column, Entity},
    store::Store,
};

/// Whether an assertion was met before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// This is the first time.
    First,
    /// It was used up already.
    Again,
}

impl Store {
    /// Uses an assertion up, for this process and every other.
    ///
    /// # Errors
    /// `Database`.
    pub async fn meet_assertion(
        &self,
        client: ApplicationId,
        jti: &str,
        expires: Timestamp,
    ) -> Result<Meeting, StoreError> {
        let seen = ActiveModel {
            application_id: Set(client),
            jti: Set(jti.to_owned()),
            expires_at: Set(expires),
        };
        let known = OnConflict::columns([Column::ApplicationId, Column::Jti])
            .do_nothing()
            .to_owned();
        let insert = Entity::insert(seen).on_conflict(known);
        match insert.exec_without_returning(self.quietly()).await? {
            0 => Ok(Meeting::Again),
            _ => Ok(Meeting::First),
        }
    }

    /// Forgets the assertions that ended before this moment.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_assertions(&self, before: Timestamp) -> Result<u64, StoreError> {
        let ended = Entity::delete_many().filter(Column::ExpiresAt.lt(before));
        Ok(ended.exec(self.quietly()).await?.rows_affected)
    }
}
