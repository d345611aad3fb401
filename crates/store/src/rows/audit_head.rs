//! The ledger's head: one row, locked by whoever appends.

use gatewright_ledger::tree::Frontier;
use sea_orm::{DatabaseTransaction, QuerySelect, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    pub(crate) size: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) frontier: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) root: Vec<u8>,
    pub(crate) epoch: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one row's id.
pub(crate) const ONE: i64 = 1;

/// The head as it is, for readers.
pub(crate) async fn read<C: ConnectionTrait>(db: &C) -> Result<Model, StoreError> {
    Entity::find_by_id(ONE)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)
}

/// The head, locked until the transaction ends. On SQLite the whole transaction is the lock already.
pub(crate) async fn lock(transaction: &DatabaseTransaction) -> Result<Model, StoreError> {
    let locked = Entity::find_by_id(ONE).lock_exclusive();
    locked.one(transaction).await?.ok_or(StoreError::NotFound)
}

/// Makes this tree the one that the head vouches for.
pub(crate) async fn advance(
    transaction: &DatabaseTransaction,
    tree: &Frontier,
) -> Result<(), StoreError> {
    let size = i64::try_from(tree.size()).map_err(|_| StoreError::TooLarge)?;
    let update = Entity::update_many()
        .col_expr(Column::Size, Expr::value(size))
        .col_expr(Column::Frontier, Expr::value(tree.to_bytes()))
        .col_expr(Column::Root, Expr::value(tree.root().as_bytes().to_vec()))
        .filter(Column::Id.eq(ONE));
    update.exec(transaction).await?;
    Ok(())
}
