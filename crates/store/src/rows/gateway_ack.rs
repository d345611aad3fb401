//! The last snapshot each gateway has said it enforces. The embedded gateway is the nil id.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::GatewayId, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_acks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) gateway_id: GatewayId,
    pub(crate) epoch: i64,
    pub(crate) revision: i64,
    pub(crate) applied_at: Timestamp,
    pub(crate) seen_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
