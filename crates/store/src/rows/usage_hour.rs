//! Requests by hour. A part of the key that is not known is the nil id or the empty text.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{ApplicationId, VersionId},
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_hours")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hour: Timestamp,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version_id: VersionId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) method: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) path: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) application_id: ApplicationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) status: i64,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) reason: String,
    pub(crate) calls: i64,
    pub(crate) bytes: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
