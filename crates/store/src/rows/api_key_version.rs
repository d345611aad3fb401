//! Which API key is for which version.

use gatewright_domain::{
    id::{ApiKeyId, VersionId},
    version::VersionRef,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::version;
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key_versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) api_key_id: ApiKeyId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version_id: VersionId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::api_key::Entity",
        from = "Column::ApiKeyId",
        to = "super::api_key::Column::Id"
    )]
    ApiKey,
    #[sea_orm(
        belongs_to = "super::version::Entity",
        from = "Column::VersionId",
        to = "super::version::Column::Id"
    )]
    Version,
}

impl Related<super::api_key::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ApiKey.def()
    }
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The versions an API key is for, in order of id.
pub(crate) async fn of_key<C: ConnectionTrait>(
    db: &C,
    key: ApiKeyId,
) -> Result<Vec<VersionRef>, StoreError> {
    let rows = Entity::find()
        .filter(Column::ApiKeyId.eq(key))
        .all(db)
        .await?;
    let versions = version::load_many(db, rows.into_iter().map(|row| row.version_id)).await?;
    Ok(versions
        .into_iter()
        .map(|version| version.place().clone())
        .collect())
}

/// Says which versions a new API key is for; it never changes.
pub(crate) async fn insert(
    transaction: &DatabaseTransaction,
    key: ApiKeyId,
    versions: &[VersionRef],
) -> Result<(), StoreError> {
    let rows = versions.iter().map(|version| ActiveModel {
        api_key_id: Set(key),
        version_id: Set(version.id),
    });
    Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
