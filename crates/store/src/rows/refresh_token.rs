//! Refresh tokens, by keyed hash; their text is nowhere. That a family has one unused token at most is a unique index.

use gatewright_domain::{
    family::{RefreshToken, RefreshTokenParts, Successor},
    id::{FamilyId, RefreshId},
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, DatabaseTransaction,
    entity::prelude::*,
};

use super::Place;
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: RefreshId,
    pub(crate) family_id: FamilyId,
    pub(crate) generation: i64,
    #[sea_orm(column_type = "Blob")]
    pub(crate) hmac: Vec<u8>,
    pub(crate) issued_at: Timestamp,
    pub(crate) consumed_at: Option<Timestamp>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) successor: Option<Vec<u8>>,
    pub(crate) repeats: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::refresh_family::Entity",
        from = "Column::FamilyId",
        to = "super::refresh_family::Column::Id"
    )]
    Family,
}

impl Related<super::refresh_family::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Family.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The token of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: RefreshId,
) -> Result<RefreshToken, StoreError> {
    let model = Entity::find_by_id(id).one(db).await?;
    model.ok_or(StoreError::NotFound)?.try_into()
}

/// Keeps a new token.
///
/// # Errors
/// `Taken` when its family has one of its generation, or an unused one, already.
pub(crate) async fn insert(
    transaction: &DatabaseTransaction,
    token: &RefreshToken,
) -> Result<(), StoreError> {
    let active = ActiveModel {
        id: Set(token.id()),
        family_id: Set(token.family()),
        generation: Set(token.generation().into()),
        hmac: Set(token.hmac().to_vec()),
        issued_at: Set(token.issued()),
        consumed_at: Set(token.consumed()),
        successor: Set(token.successor().map(|sealed| sealed.0.clone())),
        repeats: Set(token.repeats().into()),
    };
    Entity::insert(active)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Writes that a token was used.
///
/// # Errors
/// `Stale` when it was used before: of several, one wins.
pub(crate) async fn consume(
    transaction: &DatabaseTransaction,
    token: &RefreshToken,
) -> Result<(), StoreError> {
    let active = ActiveModel {
        consumed_at: Set(token.consumed()),
        successor: Set(token.successor().map(|sealed| sealed.0.clone())),
        ..unchanged()
    };
    let unused = Condition::all()
        .add(Column::Id.eq(token.id()))
        .add(Column::ConsumedAt.is_null());
    update(transaction, active, unused).await
}

/// Writes that a token's successor was given once more.
///
/// # Errors
/// `Stale` when that was written meanwhile.
pub(crate) async fn repeat(
    transaction: &DatabaseTransaction,
    token: &RefreshToken,
) -> Result<(), StoreError> {
    let before = i64::from(token.repeats()).saturating_sub(1);
    let active = ActiveModel {
        repeats: Set(token.repeats().into()),
        ..unchanged()
    };
    let same = Condition::all()
        .add(Column::Id.eq(token.id()))
        .add(Column::Repeats.eq(before));
    update(transaction, active, same).await
}

async fn update(
    transaction: &DatabaseTransaction,
    active: ActiveModel,
    which: Condition,
) -> Result<(), StoreError> {
    let update = Entity::update_many().set(active).filter(which);
    match update.exec(transaction).await?.rows_affected {
        0 => Err(StoreError::Stale),
        _ => Ok(()),
    }
}

fn unchanged() -> ActiveModel {
    ActiveModel {
        id: NotSet,
        family_id: NotSet,
        generation: NotSet,
        hmac: NotSet,
        issued_at: NotSet,
        consumed_at: NotSet,
        successor: NotSet,
        repeats: NotSet,
    }
}

impl TryFrom<Model> for RefreshToken {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            family_id,
            generation,
            hmac,
            issued_at,
            consumed_at,
            successor,
            repeats,
        } = model;
        let at = Place::of("refresh_tokens", id);
        Ok(Self::restore(RefreshTokenParts {
            id,
            family: family_id,
            generation: at.number("generation", generation)?,
            hmac,
            issued: issued_at,
            consumed: consumed_at,
            successor: successor.map(Successor),
            repeats: at.number("repeats", repeats)?,
        }))
    }
}
