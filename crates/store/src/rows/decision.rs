//! Refusals of gateways, kept for seven days so that they can explain themselves.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{ApplicationId, DecisionId, GatewayId, RequestId, VersionId},
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: DecisionId,
    pub(crate) at: Timestamp,
    pub(crate) gateway_id: Option<GatewayId>,
    pub(crate) request_id: RequestId,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) method: Option<String>,
    pub(crate) version_id: Option<VersionId>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) operation: Option<String>,
    pub(crate) application_id: Option<ApplicationId>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) jti: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(crate) reason: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) refusal: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) steps: Json,
    pub(crate) revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
