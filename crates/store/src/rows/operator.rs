//! Operators. Their teams stand in `operator_team`.

use std::collections::BTreeSet;

use gatewright_domain::{
    audit::Aggregate,
    id::{OperatorId, TeamId},
    operator::{Operator, OperatorParts, PasswordHash},
    revision::Revision,
    text::Name,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Place, Stored, operator_team, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "operators")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: OperatorId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) name_folded: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) role: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) password_hash: String,
    pub(crate) admitted_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The operator of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: OperatorId,
) -> Result<Operator, StoreError> {
    let model = Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or(StoreError::NotFound)?;
    with_teams(db, model).await
}

/// The operator who signs in with this name, whatever its case.
pub(crate) async fn load_named<C: ConnectionTrait>(
    db: &C,
    name: &Name,
) -> Result<Operator, StoreError> {
    let named = Entity::find().filter(Column::NameFolded.eq(name.folded()));
    let model = named.one(db).await?.ok_or(StoreError::NotFound)?;
    with_teams(db, model).await
}

/// The operator of a row.
pub(crate) async fn with_teams<C: ConnectionTrait>(
    db: &C,
    model: Model,
) -> Result<Operator, StoreError> {
    let teams = operator_team::of_operator(db, model.id).await?;
    restore(model, teams)
}

/// The operator of a row and of the teams found beside it.
pub(crate) fn restore(model: Model, teams: BTreeSet<TeamId>) -> Result<Operator, StoreError> {
    let Model {
        id,
        name,
        name_folded: _,
        role,
        password_hash,
        admitted_at,
        disabled_at,
        revision,
    } = model;
    let at = Place::of("operators", id);
    Ok(Operator::restore(OperatorParts {
        id,
        name: at.parse("name", &name)?,
        role: at.parse("role", &role)?,
        teams,
        password: PasswordHash::from_phc(password_hash),
        disabled: disabled_at,
        admitted: admitted_at,
        revision,
    }))
}

impl Stored for Operator {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let operator = self.at(was.next());
        let active = ActiveModel {
            id: Set(operator.id()),
            name: Set(operator.name().to_string()),
            name_folded: Set(operator.name().folded()),
            role: Set(operator.role().to_string()),
            password_hash: Set(operator.password().phc().to_owned()),
            admitted_at: Set(operator.admitted()),
            disabled_at: Set(operator.disabled()),
            revision: Set(operator.revision()),
        };
        let this = Column::Id.eq(operator.id());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        operator_team::replace(transaction, operator.id(), operator.teams()).await?;
        Ok(operator)
    }
}
