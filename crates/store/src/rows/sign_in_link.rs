//! One-time links that sign an operator in, by their hash.

use gatewright_domain::{id::OperatorId, time::Timestamp};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_links")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) hash: String,
    pub(crate) operator_id: OperatorId,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Keeps the hash of a new link; every earlier link of the operator is forgotten.
pub(crate) async fn keep(
    transaction: &DatabaseTransaction,
    (hash, operator): (&str, OperatorId),
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let earlier = Entity::delete_many().filter(Column::OperatorId.eq(operator));
    earlier.exec(transaction).await?;
    let link = ActiveModel {
        hash: Set(hash.to_owned()),
        operator_id: Set(operator),
        created_at: Set(now),
        expires_at: Set(expires),
        used_at: Set(None),
    };
    Entity::insert(link)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

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
