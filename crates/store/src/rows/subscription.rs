//! Subscriptions. An application has at most one to a version that is not closed.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{ApplicationId, PlanId, SubscriptionId, VersionId},
    revision::Revision,
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: SubscriptionId,
    pub(crate) application_id: ApplicationId,
    pub(crate) version_id: VersionId,
    pub(crate) plan_id: PlanId,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    #[sea_orm(column_type = "Text")]
    pub(crate) status: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::application::Entity",
        from = "Column::ApplicationId",
        to = "super::application::Column::Id"
    )]
    Application,
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
    #[sea_orm(
        belongs_to = "super::plan::Entity",
        from = "Column::PlanId",
        to = "super::plan::Column::Id"
    )]
    Plan,
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl Related<super::plan::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Plan.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
