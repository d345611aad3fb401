//! The installation itself: one row, written when the database is made.

use sea_orm::entity::prelude::*;

use gatewright_domain::{id::InstallationId, time::Timestamp};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) one: i64,
    pub(crate) id: InstallationId,
    pub(crate) epoch: i64,
    pub(crate) set_up_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
