//! Key-encryption keys, each with its check value: what tells at the start that the right one was given.

use gatewright_domain::{
    kek::{KekState, KeyEncryptionKey, Rewrap},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, QueryOrder, entity::prelude::*};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "kek_checks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(crate) kek: String,
    #[sea_orm(column_type = "Blob")]
    pub(crate) check_value: Vec<u8>,
    pub(crate) made_at: Timestamp,
    #[sea_orm(column_type = "Text")]
    pub(crate) source: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) rewrap: Option<String>,
    pub(crate) changed_at: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Every key-encryption key, those that are over included, oldest first.
pub(crate) async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<KeyEncryptionKey>, StoreError> {
    let oldest_first = Entity::find()
        .order_by_asc(Column::MadeAt)
        .order_by_asc(Column::Kek);
    let found = oldest_first.all(db).await?;
    found.into_iter().map(TryInto::try_into).collect()
}

impl TryFrom<Model> for KeyEncryptionKey {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let Model {
            kek,
            check_value,
            made_at,
            source,
            state,
            rewrap,
            changed_at,
            revision,
        } = model;
        let at = Place::of("kek_checks", &kek);
        let since = || at.present("changed_at", changed_at);
        let state = match state.as_str() {
            "known" => KekState::Known,
            "active" => KekState::Active {
                at: since()?,
                rewrap: match rewrap.as_deref() {
                    Some("data-keys") => Rewrap::DataKeys,
                    Some("fresh-data-keys") => Rewrap::FreshDataKeys,
                    Some(_) | None => return Err(at.corrupt("rewrap")),
                },
            },
            "superseded" => KekState::Superseded { at: since()? },
            "retired" => KekState::Retired { at: since()? },
            _ => return Err(at.corrupt("state")),
        };
        Ok(Self {
            id: at.parse("kek", &kek)?,
            source,
            check: check_value,
            made: made_at,
            state,
            revision,
        })
    }
}

impl Stored for KeyEncryptionKey {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision;
        let key = Self {
            revision: was.next(),
            ..self
        };
        let (rewrap, changed) = match key.state {
            KekState::Known => (None, None),
            KekState::Active { at, rewrap } => (Some(rewrap.as_str().to_owned()), Some(at)),
            KekState::Superseded { at } | KekState::Retired { at } => (None, Some(at)),
        };
        let active = ActiveModel {
            kek: Set(key.id.to_string()),
            check_value: Set(key.check.clone()),
            made_at: Set(key.made),
            source: Set(key.source.clone()),
            state: Set(key.state.as_str().to_owned()),
            rewrap: Set(rewrap),
            changed_at: Set(changed),
            revision: Set(key.revision),
        };
        let this = Column::Kek.eq(key.id.as_str());
        save::<Entity>(transaction, active, this, Column::Revision, was).await?;
        Ok(key)
    }
}
