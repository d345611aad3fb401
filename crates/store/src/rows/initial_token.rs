//! Initial access tokens of consumers. The fingerprint of the text is unique; the text is nowhere.

use gatewright_domain::{
    client::InitialToken,
    credential::Fingerprint,
    id::{ConsumerId, InitialTokenId, OperatorId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QuerySelect, entity::prelude::*};

use super::{Place, Stored, ceiling::Columns, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "initial_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: InitialTokenId,
    pub(crate) consumer_id: ConsumerId,
    #[sea_orm(column_type = "Text")]
    pub(crate) name: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) fingerprint: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) hint: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) grants: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) methods: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub(crate) scopes: Option<Json>,
    #[sea_orm(column_type = "Text")]
    pub(crate) senders: String,
    pub(crate) issuer_id: Option<OperatorId>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) most: i64,
    pub(crate) used: i64,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
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
    #[sea_orm(
        belongs_to = "super::operator::Entity",
        from = "Column::IssuerId",
        to = "super::operator::Column::Id"
    )]
    Issuer,
}

impl Related<super::consumer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Consumer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The token of this id.
pub(crate) async fn load<C: ConnectionTrait>(
    db: &C,
    id: InitialTokenId,
) -> Result<InitialToken, StoreError> {
    let found = Entity::find_by_id(id).one(db).await?;
    found.ok_or(StoreError::NotFound)?.try_into()
}

/// The token of this id, its row locked until the transaction ends. On SQLite the transaction is the lock already.
pub(crate) async fn load_alone(
    transaction: &DatabaseTransaction,
    id: InitialTokenId,
) -> Result<InitialToken, StoreError> {
    let locked = Entity::find_by_id(id).lock_exclusive();
    let found = locked.one(transaction).await?;
    found.ok_or(StoreError::NotFound)?.try_into()
}

/// The token whose text has this fingerprint.
pub(crate) async fn load_by_fingerprint<C: ConnectionTrait>(
    db: &C,
    fingerprint: &Fingerprint,
) -> Result<InitialToken, StoreError> {
    let found = Entity::find().filter(Column::Fingerprint.eq(fingerprint.as_str()));
    let model = found.one(db).await?;
    model.ok_or(StoreError::NotFound)?.try_into()
}

impl TryFrom<Model> for InitialToken {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            consumer_id: consumer,
            name,
            fingerprint,
            hint,
            grants,
            methods,
            scopes,
            senders,
            issuer_id: issuer,
            issued_at: issued,
            expires_at: expires,
            most,
            used,
            last_used_at: last_used,
            revoked_at: revoked,
            revision,
        } = model;
        let at = Place::of("initial_tokens", id);
        let columns = Columns {
            grants,
            methods,
            scopes,
            senders,
        };
        Ok(Self {
            id,
            consumer,
            name: at.parse("name", &name)?,
            fingerprint: Fingerprint::from_row(fingerprint),
            hint,
            ceiling: columns.read(&at)?,
            issuer,
            issued,
            expires,
            most: at.number("most", most)?,
            used: at.number("used", used)?,
            last_used,
            revoked,
            revision,
        })
    }
}

impl Stored for InitialToken {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let token = Self {
            revision: was.next(),
            ..self
        };
        let Columns {
            grants,
            methods,
            scopes,
            senders,
        } = Columns::of(&token.ceiling);
        let active = ActiveModel {
            id: Set(token.id),
            consumer_id: Set(token.consumer),
            name: Set(token.name.to_string()),
            fingerprint: Set(token.fingerprint.as_str().to_owned()),
            hint: Set(token.hint.clone()),
            grants: Set(grants),
            methods: Set(methods),
            scopes: Set(scopes),
            senders: Set(senders),
            issuer_id: Set(token.issuer),
            issued_at: Set(token.issued),
            expires_at: Set(token.expires),
            most: Set(token.most.into()),
            used: Set(token.used.into()),
            last_used_at: Set(token.last_used),
            revoked_at: Set(token.revoked),
            revision: Set(token.revision),
        };
        let this = Column::Id.eq(token.id);
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(token)
    }
}
