//! Who fetches the key set: a network and a program, and which set they fetched last.

use gatewright_domain::time::Timestamp;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "verifiers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) network: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) agent: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) shown: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) etag: String,
    pub(crate) first_seen_at: Timestamp,
    pub(crate) last_seen_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
