//! Answers to requests that carried an `Idempotency-Key`, kept for a day.

use sea_orm::entity::prelude::*;

use gatewright_domain::time::Timestamp;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) actor: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) idempotency_key: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) fingerprint: String,
    pub(crate) started_at: Timestamp,
    pub(crate) status: Option<i64>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) content_type: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) body: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
