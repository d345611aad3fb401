//! One-time links with which the first administrator is made, by their hash.

use gatewright_domain::time::Timestamp;
use sea_orm::{DatabaseTransaction, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setup_links")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) hash: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Uses a link up.
///
/// # Errors
/// `NotFound` unless there is such a link, unused and not expired.
pub(crate) async fn consume(
    transaction: &DatabaseTransaction,
    hash: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let usable = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Hash.eq(hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now));
    match usable.exec(transaction).await?.rows_affected {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}
