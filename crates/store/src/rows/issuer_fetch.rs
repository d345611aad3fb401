//! How fetching an outside issuer's keys went last.

use gatewright_domain::{id::OutsideIssuerId, time::Timestamp};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "issuer_fetches")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) issuer_id: OutsideIssuerId,
    pub(crate) tried_at: Timestamp,
    pub(crate) fetched_at: Option<Timestamp>,
    pub(crate) next_at: Timestamp,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) failure: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
