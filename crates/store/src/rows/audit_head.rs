//! The ledger's head: one row, locked by whoever appends.

use sea_orm::entity::prelude::*;

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
