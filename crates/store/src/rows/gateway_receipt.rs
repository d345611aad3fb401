//! Since when each gateway has enforced which revision: the steps at which a revocation came into force.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::GatewayId, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_receipts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) gateway_id: GatewayId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) epoch: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) revision: i64,
    pub(crate) applied_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
