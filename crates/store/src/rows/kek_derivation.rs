//! How a key-encryption key follows from a passphrase: a salt and parameters, neither of them secret.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "kek_derivations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Blob")]
    pub(crate) salt: Vec<u8>,
    pub(crate) memory_kib: i64,
    pub(crate) passes: i64,
    pub(crate) lanes: i64,
    pub(crate) made_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
