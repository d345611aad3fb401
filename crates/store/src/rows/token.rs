//! Issued tokens: everything but their text. The versions stand in `token_version`.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{ApplicationId, TokenId},
    revision::Revision,
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: TokenId,
    #[sea_orm(column_type = "Text")]
    pub(crate) jti: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    pub(crate) application_id: ApplicationId,
    #[sea_orm(column_type = "Text")]
    pub(crate) kid: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
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
}

impl Related<super::application::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Application.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
