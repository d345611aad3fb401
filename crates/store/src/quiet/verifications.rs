//! How far the ledger was verified: a mark of ours about the ledger, which must not grow by being looked at.

use gatewright_domain::time::Timestamp;
use sea_orm::{ActiveValue::Set, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::audit_verification::{ActiveModel, Column, Entity},
    store::Store,
};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// When it ended.
    pub at: Timestamp,
    /// How many events there were.
    pub size: u64,
    /// The root over them.
    pub root: Vec<u8>,
    /// The first event that is not as it was written, if one is not.
    pub first_bad: Option<u64>,
}

impl Store {
    /// Keeps what a verification found.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_verification(&self, verification: Verification) -> Result<(), StoreError> {
        let Verification {
            at,
            size,
            root,
            first_bad,
        } = verification;
        let signed = |number| i64::try_from(number).unwrap_or(i64::MAX);
        let mark = ActiveModel {
            at: Set(at),
            size: Set(signed(size)),
            root: Set(root),
            first_bad: Set(first_bad.map(signed)),
        };
        let again = OnConflict::column(Column::At)
            .update_columns([Column::Size, Column::Root, Column::FirstBad])
            .to_owned();
        Entity::insert(mark)
            .on_conflict(again)
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }
}
