//! How many places in status lists were allotted: one row, made by the first and raised with each, so that no two tokens
//! have one place.

use gatewright_domain::token::Listing;
use sea_orm::{ActiveValue::Set, ExprTrait, entity::prelude::*, sea_query::OnConflict};

use super::audit_head;
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "status_count")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    pub(crate) allotted: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one row's id.
const ONE: i64 = 1;

/// The next place; nothing when there are none left. Raised first and read then: whoever raised it holds the row until the
/// transaction ends.
pub(crate) async fn allot<C: ConnectionTrait>(db: &C) -> Result<Option<Listing>, StoreError> {
    let first = ActiveModel {
        id: Set(ONE),
        allotted: Set(1),
    };
    let one_more = Expr::col((Entity, Column::Allotted)).add(1);
    let next = OnConflict::column(Column::Id)
        .value(Column::Allotted, one_more)
        .to_owned();
    Entity::insert(first)
        .on_conflict(next)
        .exec_without_returning(db)
        .await?;
    let row = Entity::find_by_id(ONE).one(db).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let epoch = audit_head::read(db).await?.epoch.unsigned_abs();
    let count = row.allotted.unsigned_abs().saturating_sub(1);
    Ok(Listing::of(epoch, count))
}
