//! Contract revisions. Large: a list of them must not load `document` and `operations`.

use sea_orm::entity::prelude::*;

use gatewright_domain::{
    id::{RevisionId, VersionId},
    revision::Revision,
    time::Timestamp,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contract_revisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RevisionId,
    pub(crate) version_id: VersionId,
    pub(crate) number: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) document: Vec<u8>,
    #[sea_orm(column_type = "Text")]
    pub(crate) digest: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) title: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) operations: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Json,
    pub(crate) uploaded_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
