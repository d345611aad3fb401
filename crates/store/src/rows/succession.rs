//! Which token has taken the place of which, and until when both go on.

use gatewright_domain::{
    audit::Aggregate, id::TokenId, revision::Revision, succession::Succession, time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, entity::prelude::*};

use super::{Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "token_successions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) token_id: TokenId,
    pub(crate) successor_id: TokenId,
    pub(crate) ends_at: Timestamp,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::token::Entity",
        from = "Column::TokenId",
        to = "super::token::Column::Id"
    )]
    Token,
    #[sea_orm(
        belongs_to = "super::token::Entity",
        from = "Column::SuccessorId",
        to = "super::token::Column::Id"
    )]
    Successor,
}

impl Related<super::token::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Token.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Stored for Succession {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let succession = self.at(was.next());
        let active = ActiveModel {
            token_id: Set(succession.token),
            successor_id: Set(succession.successor),
            ends_at: Set(succession.ends),
            revision: Set(succession.revision),
        };
        let this = Column::TokenId.eq(succession.token);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(succession)
    }
}
