//! Check values of key-encryption keys: what tells at the start that the right one was given.

use sea_orm::entity::prelude::*;

use gatewright_domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "kek_checks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) kek: String,
    #[sea_orm(column_type = "Blob")]
    pub(crate) check_value: Vec<u8>,
    pub(crate) made_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
