//! Gateways that run apart.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::GatewayId, revision::Revision, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gateways")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: GatewayId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hash: String,
    pub(crate) enrolled_at: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
