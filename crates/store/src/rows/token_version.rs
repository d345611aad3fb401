//! Which token is for which version.

use gatewright_domain::{
    id::{TokenId, VersionId},
    version::VersionRef,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::version;
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "token_versions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) token_id: TokenId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) version_id: VersionId,
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

impl Related<super::token::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Token.def()
    }
}

impl Related<super::version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Version.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The versions a token is for, in order of id.
pub(crate) async fn of_token<C: ConnectionTrait>(
    db: &C,
    token: TokenId,
) -> Result<Vec<VersionRef>, StoreError> {
    let rows = Entity::find()
        .filter(Column::TokenId.eq(token))
        .all(db)
        .await?;
    let versions = version::load_many(db, rows.into_iter().map(|row| row.version_id)).await?;
    Ok(versions
        .into_iter()
        .map(|version| version.place().clone())
        .collect())
}

/// Says which versions new tokens are for; it never changes.
pub(crate) async fn insert_all(
    transaction: &DatabaseTransaction,
    tokens: impl IntoIterator<Item = (TokenId, &[VersionRef])>,
) -> Result<(), StoreError> {
    let of = |(token, versions): (TokenId, &[VersionRef])| {
        let row = move |version: &VersionRef| ActiveModel {
            token_id: Set(token),
            version_id: Set(version.id),
        };
        versions.iter().map(row).collect::<Vec<_>>()
    };
    let rows = tokens.into_iter().flat_map(of);
    Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
