//! The installation itself: one row, written when the database is made.

use gatewright_domain::{id::InstallationId, time::Timestamp};
use sea_orm::{DatabaseTransaction, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) one: i64,
    pub(crate) id: InstallationId,
    pub(crate) epoch: i64,
    pub(crate) set_up_at: Option<Timestamp>,
    pub(crate) restored_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Marks the installation as set up.
///
/// # Errors
/// `NotFound` when it is already.
pub(crate) async fn set_up(
    transaction: &DatabaseTransaction,
    now: Timestamp,
) -> Result<(), StoreError> {
    let fresh = Entity::update_many()
        .col_expr(Column::SetUpAt, Expr::value(now))
        .filter(Column::SetUpAt.is_null());
    match fresh.exec(transaction).await?.rows_affected {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}
