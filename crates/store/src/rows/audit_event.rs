//! The ledger. `canonical` is what was hashed; every other column is made of it, for indexes only.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::RequestId, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) canonical: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) leaf_hash: Vec<u8>,
    #[sea_orm(column_type = "Blob")]
    pub(crate) root_after: Vec<u8>,
    pub(crate) at: Timestamp,
    #[sea_orm(column_type = "Text")]
    pub(crate) action: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) actor_id: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) target_kind: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) target_id: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) outcome: String,
    pub(crate) request_id: Option<RequestId>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
