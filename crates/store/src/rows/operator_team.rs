//! Which operator is in which team.

use std::collections::BTreeSet;

use gatewright_domain::id::{OperatorId, TeamId};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "operator_teams")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) operator_id: OperatorId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) team_id: TeamId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::operator::Entity",
        from = "Column::OperatorId",
        to = "super::operator::Column::Id"
    )]
    Operator,
    #[sea_orm(
        belongs_to = "super::team::Entity",
        from = "Column::TeamId",
        to = "super::team::Column::Id"
    )]
    Team,
}

impl Related<super::operator::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Operator.def()
    }
}

impl Related<super::team::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Team.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The teams an operator is in.
pub(crate) async fn of_operator<C: ConnectionTrait>(
    db: &C,
    operator: OperatorId,
) -> Result<BTreeSet<TeamId>, StoreError> {
    let found = Entity::find()
        .filter(Column::OperatorId.eq(operator))
        .all(db)
        .await?;
    Ok(found.into_iter().map(|row| row.team_id).collect())
}

/// Makes these the teams an operator is in.
pub(crate) async fn replace(
    transaction: &DatabaseTransaction,
    operator: OperatorId,
    teams: &BTreeSet<TeamId>,
) -> Result<(), StoreError> {
    let former = Entity::delete_many().filter(Column::OperatorId.eq(operator));
    former.exec(transaction).await?;
    let rows = teams.iter().map(|team| ActiveModel {
        operator_id: Set(operator),
        team_id: Set(*team),
    });
    Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
