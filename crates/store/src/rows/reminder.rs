//! What was said already of an end that comes.

use gatewright_domain::time::Timestamp;
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reminders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) subject_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) days: i64,
    pub(crate) at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Notes that it was said.
pub(crate) async fn insert(
    transaction: &DatabaseTransaction,
    subject_id: Uuid,
    days: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let said = ActiveModel {
        subject_id: Set(subject_id),
        days: Set(days),
        at: Set(at),
    };
    Entity::insert(said)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
