//! Consumers.

use gatewright_domain::{consumer::Consumer, id::ConsumerId, revision::Revision, time::Timestamp};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consumers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: ConsumerId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    pub(crate) registered_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The consumer of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: ConsumerId,
) -> Result<Consumer, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    model.try_into()
}

impl TryFrom<Model> for Consumer {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            name,
            name_folded: _,
            registered_at,
            revision,
        } = model;
        let at = Place::of("consumers", id);
        Ok(Self {
            id,
            name: at.parse("name", &name)?,
            registered: registered_at,
            revision,
        })
    }
}

impl Stored for Consumer {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let consumer = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(consumer.id),
            name: Set(consumer.name.to_string()),
            name_folded: Set(consumer.name.folded()),
            registered_at: Set(consumer.registered),
            revision: Set(consumer.revision),
        };
        let this = Column::Id.eq(consumer.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(consumer)
    }
}
