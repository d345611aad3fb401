//! Personal access tokens of operators. The secret's hash is unique; the secret is nowhere.

use gatewright_domain::{
    id::{AccessTokenId, OperatorId},
    operator::AccessToken,
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    DatabaseTransaction,
    entity::prelude::*,
};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "access_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: AccessTokenId,
    pub(crate) operator_id: OperatorId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) role: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hash: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hint: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::operator::Entity",
        from = "Column::OperatorId",
        to = "super::operator::Column::Id"
    )]
    Operator,
}

impl Related<super::operator::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Operator.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The access token of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: AccessTokenId,
) -> Result<AccessToken, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    model.try_into()
}

impl TryFrom<Model> for AccessToken {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            operator_id,
            name,
            role,
            hash,
            hint,
            issued_at,
            expires_at,
            revoked_at,
            last_used_at: _,
            revision,
        } = model;
        let at = Place::of("access_tokens", id);
        Ok(Self {
            id,
            operator: operator_id,
            name: at.parse("name", &name)?,
            role: at.parse("role", &role)?,
            hash,
            hint,
            issued: issued_at,
            expires: expires_at,
            revoked: revoked_at,
            revision,
        })
    }
}

impl Stored for AccessToken {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let token = Self {
            revision: was.next(),
            ..self
        };
        let active = ActiveModel {
            id: Set(token.id),
            operator_id: Set(token.operator),
            name: Set(token.name.to_string()),
            role: Set(token.role.to_string()),
            hash: Set(token.hash.clone()),
            hint: Set(token.hint.clone()),
            issued_at: Set(token.issued),
            expires_at: Set(token.expires),
            revoked_at: Set(token.revoked),
            last_used_at: NotSet,
            revision: Set(token.revision),
        };
        let this = Column::Id.eq(token.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(token)
    }
}
