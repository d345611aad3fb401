//! Which operations a token has called.

use gatewright_domain::{
    id::{TokenId, VersionId},
    time::Timestamp,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "token_operations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) token_id: TokenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version_id: VersionId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) method: String,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) path: String,
    pub(crate) last_used_at: Timestamp,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::token::Entity",
        from = "Column::TokenId",
        to = "super::token::Column::Id"
    )]
    Token,
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
}

impl ActiveModelBehavior for ActiveModel {}
