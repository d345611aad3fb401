//! Gateways that run apart.

use gatewright_domain::{gateway::Gateway, id::GatewayId, revision::Revision, time::Timestamp};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "gateways")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: GatewayId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hash: String,
    pub(crate) enrolled_at: Timestamp,
    pub(crate) removed_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The gateway of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: GatewayId) -> Result<Gateway, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    model.try_into()
}

impl TryFrom<Model> for Gateway {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            name,
            name_folded: _,
            hash,
            enrolled_at,
            removed_at,
            revision,
        } = model;
        let at = Place::of("gateways", id);
        Ok(Self {
            id,
            name: at.parse("name", &name)?,
            hash,
            enrolled: enrolled_at,
            removed: removed_at,
            revision,
        })
    }
}

impl Stored for Gateway {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let gateway = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(gateway.id),
            name: Set(gateway.name.to_string()),
            name_folded: Set(gateway.name.folded()),
            hash: Set(gateway.hash.clone()),
            enrolled_at: Set(gateway.enrolled),
            removed_at: Set(gateway.removed),
            revision: Set(gateway.revision),
        };
        let this = Column::Id.eq(gateway.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(gateway)
    }
}
