//! Teams. A name is unique in its folded form.

use gatewright_domain::{id::TeamId, revision::Revision, team::Team};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: TeamId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The team of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: TeamId) -> Result<Team, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    model.try_into()
}

impl TryFrom<Model> for Team {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            name,
            name_folded: _,
            revision,
        } = model;
        let at = Place::of("teams", id);
        Ok(Self {
            id,
            name: at.parse("name", &name)?,
            revision,
        })
    }
}

impl Stored for Team {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let team = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(team.id),
            name: Set(team.name.to_string()),
            name_folded: Set(team.name.folded()),
            revision: Set(team.revision),
        };
        let this = Column::Id.eq(team.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(team)
    }
}
