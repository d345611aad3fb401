//! The newest key set that was fetched, one row for each way it is shown.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "key_set_serves")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) shown: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) etag: String,
    pub(crate) revision: i64,
    pub(crate) served_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
