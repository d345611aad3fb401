//! Versions. The status is a word with columns for its data; a CHECK refuses combinations that mean nothing.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{ApiId, RevisionId, VersionId},
    revision::Revision,
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: VersionId,
    pub(crate) api_id: ApiId,
    pub(crate) number: i64,
    #[sea_orm(column_type = "Text")]
    pub(crate) status: String,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) deprecated_at: Option<Timestamp>,
    pub(crate) sunset_at: Option<Timestamp>,
    pub(crate) blocked_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) blocked_reason: Option<String>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) discarded_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text")]
    pub(crate) upstream: String,
    pub(crate) contract_id: Option<RevisionId>,
    pub(crate) drafted_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::api::Entity",
        from = "Column::ApiId",
        to = "super::api::Column::Id"
    )]
    Api,
}

impl Related<super::api::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Api.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
