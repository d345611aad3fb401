//! Personal values of events, kept apart so that they can be erased.

use sea_orm::entity::prelude::*;

use gatewright_domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_private")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) path: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) subject_id: String,
    #[sea_orm(column_type = "Blob")]
    pub(crate) salt: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) value: Vec<u8>,
    pub(crate) retain_until: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
