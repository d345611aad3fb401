//! APIs.

use gatewright_domain::{
    api::{Api, ApiRef, TokenAlgorithm},
    id::{ApiId, TeamId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "apis")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: ApiId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) title: String,
    pub(crate) team_id: TeamId,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) token_algorithm: Option<String>,
    pub(crate) token_algorithm_since: Option<Timestamp>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) token_algorithm_past: Json,
    pub(crate) registered_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::team::Entity",
        from = "Column::TeamId",
        to = "super::team::Column::Id"
    )]
    Team,
}

impl Related<super::team::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Team.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The API of this id.
pub(crate) async fn load<C: ConnectionTrait>(db: &C, id: ApiId) -> Result<Api, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    model.try_into()
}

impl TryFrom<Model> for Api {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            name,
            title,
            team_id,
            token_algorithm: chosen,
            token_algorithm_since: since,
            token_algorithm_past: past,
            registered_at,
            revision,
        } = model;
        let at = Place::of("apis", id);
        Ok(Self {
            id,
            name: at.parse("name", &name)?,
            title: at.parse("title", &title)?,
            team: team_id,
            token_algorithm: algorithm(&at, (chosen.as_deref(), since), past)?,
            registered: registered_at,
            revision,
        })
    }
}

/// What tokens for an API are signed with, by these columns of its row.
pub(crate) fn algorithm(
    at: &Place,
    (chosen, since): (Option<&str>, Option<Timestamp>),
    past: Json,
) -> Result<TokenAlgorithm, StoreError> {
    let chosen = chosen.map(|name| at.parse("token_algorithm", name));
    let past = at.json("token_algorithm_past", past)?;
    Ok(TokenAlgorithm::restore(chosen.transpose()?, since, past))
}

/// The API as the things inside it know it.
pub(crate) fn reference(model: &Model) -> Result<ApiRef, StoreError> {
    let at = Place::of("apis", model.id);
    Ok(ApiRef {
        id: model.id,
        name: at.parse("name", &model.name)?,
        team: model.team_id,
    })
}

impl Stored for Api {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let api = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(api.id),
            name: Set(api.name.to_string()),
            title: Set(api.title.to_string()),
            team_id: Set(api.team),
            token_algorithm: Set(api
                .token_algorithm
                .chosen()
                .map(|chosen| chosen.to_string())),
            token_algorithm_since: Set(api.token_algorithm.since()),
            token_algorithm_past: Set(serde_json::json!(api.token_algorithm.past())),
            registered_at: Set(api.registered),
            revision: Set(api.revision),
        };
        let this = Column::Id.eq(api.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(api)
    }
}
