//! Applications of consumers. The client id is made of the id.

use std::collections::BTreeSet;

use gatewright_domain::{
    consumer::Application,
    id::{ApplicationId, ConsumerId, TeamId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, entity::prelude::*};

use super::{Place, Stored, consumer, save, subscription};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "applications")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: ApplicationId,
    pub(crate) consumer_id: ConsumerId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    pub(crate) registered_at: Timestamp,
    pub(crate) not_before: Option<Timestamp>,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::consumer::Entity",
        from = "Column::ConsumerId",
        to = "super::consumer::Column::Id"
    )]
    Consumer,
}

impl Related<super::consumer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Consumer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The application of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: ApplicationId,
) -> Result<Application, StoreError> {
    let found = Entity::find_by_id(id)
        .find_also_related(consumer::Entity)
        .one(db)
        .await?;
    let (model, consumer) = found.ok_or(StoreError::NotFound)?;
    let teams = subscription::teams_reached(db, id).await?;
    restore(model, consumer, teams)
}

/// The application of this id, its row locked until the transaction ends. On SQLite the transaction is the lock already.
pub(crate) async fn load_alone(
    transaction: &DatabaseTransaction,
    id: ApplicationId,
) -> Result<Application, StoreError> {
    let locked = Entity::find_by_id(id).lock_exclusive();
    locked.one(transaction).await?.ok_or(StoreError::NotFound)?;
    load(transaction, id).await
}

/// The application of a row, of its consumer's row, and of the teams it reaches.
pub(crate) fn restore(
    model: Model,
    consumer: Option<consumer::Model>,
    teams: BTreeSet<TeamId>,
) -> Result<Application, StoreError> {
    let Model {
        id,
        consumer_id,
        name,
        name_folded: _,
        registered_at,
        not_before,
        disabled_at,
        revision,
    } = model;
    let at = Place::of("applications", id);
    let consumer = at.present("consumer_id", consumer)?;
    Ok(Application {
        id,
        consumer: consumer_id,
        consumer_name: Place::of("consumers", consumer_id).parse("name", &consumer.name)?,
        name: at.parse("name", &name)?,
        teams,
        registered: registered_at,
        not_before,
        disabled: disabled_at,
        revision,
    })
}

impl Stored for Application {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let application = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(application.id),
            consumer_id: Set(application.consumer),
            name: Set(application.name.to_string()),
            name_folded: Set(application.name.folded()),
            registered_at: Set(application.registered),
            not_before: Set(application.not_before),
            disabled_at: Set(application.disabled),
            revision: Set(application.revision),
        };
        let this = Column::Id.eq(application.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(application)
    }
}
