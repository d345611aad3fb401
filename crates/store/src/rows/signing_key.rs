//! Signing keys. A CHECK keeps the sealed private key out of every state that cannot sign.

use gatewright_domain::{
    audit::Aggregate,
    id::KeyId,
    key::{KeyState, KeyStateName, Kid, Sealed, SigningKey, SigningKeyParts},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, DatabaseTransaction, QueryOrder,
    entity::prelude::*,
};

use super::{Place, Stored, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: KeyId,
    #[sea_orm(column_type = "Text")]
    pub(crate) kid: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) algorithm: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) public_jwk: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    pub(crate) generated_at: Timestamp,
    pub(crate) published_at: Timestamp,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) deactivated_at: Option<Timestamp>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) compromised_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) sealed_kek: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) sealed_record: Option<Vec<u8>>,
    pub(crate) last_expiry: Option<Timestamp>,
    pub(crate) revision: Revision,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Every key, those that are over included, oldest first.
pub(crate) async fn all<C: ConnectionTrait>(db: &C) -> Result<Vec<SigningKey>, StoreError> {
    let oldest_first = Entity::find()
        .order_by_asc(Column::GeneratedAt)
        .order_by_asc(Column::Id);
    let found = oldest_first.all(db).await?;
    found.into_iter().map(TryInto::try_into).collect()
}

/// Raises the moment at which the last token of the active key expires. It is no part of the key's revision, because
/// every issued token raises it; the key's row is locked by it, so that no rotation slips in before the commit.
///
/// # Errors
/// `Stale` when the key is not the active one any more.
pub(crate) async fn raise_last_expiry(
    transaction: &DatabaseTransaction,
    kid: &Kid,
    expiry: Timestamp,
) -> Result<(), StoreError> {
    let active = Condition::all()
        .add(Column::Kid.eq(kid.as_str()))
        .add(Column::State.eq(KeyStateName::Active.as_str()));
    let raised = Expr::case(Column::LastExpiry.gt(expiry), Expr::col(Column::LastExpiry))
        .finally(Expr::value(expiry));
    let update = Entity::update_many()
        .col_expr(Column::LastExpiry, raised.into())
        .filter(active);
    match update.exec(transaction).await?.rows_affected {
        0 => Err(StoreError::Stale),
        _ => Ok(()),
    }
}

impl TryFrom<Model> for SigningKey {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let at = Place::of("signing_keys", model.id);
        let state = state(&model, &at)?;
        Ok(Self::restore(SigningKeyParts {
            id: model.id,
            kid: at.parse("kid", &model.kid)?,
            algorithm: model.algorithm,
            public_jwk: model.public_jwk,
            state,
            generated: model.generated_at,
            last_expiry: model.last_expiry,
            revision: model.revision,
        }))
    }
}

fn state(model: &Model, at: &Place) -> Result<KeyState, StoreError> {
    let private = || {
        let kek = at.present("sealed_kek", model.sealed_kek.clone())?;
        let record = at.present("sealed_record", model.sealed_record.clone())?;
        Ok::<Sealed, StoreError>(Sealed { kek, record })
    };
    let published = model.published_at;
    match model.state.as_str() {
        "published" => Ok(KeyState::Published {
            at: published,
            private: private()?,
        }),
        "active" => Ok(KeyState::Active {
            published,
            at: at.present("activated_at", model.activated_at)?,
            private: private()?,
        }),
        "deactivated" => Ok(KeyState::Deactivated {
            published,
            activated: at.present("activated_at", model.activated_at)?,
            at: at.present("deactivated_at", model.deactivated_at)?,
        }),
        "retired" => Ok(KeyState::Retired {
            at: at.present("retired_at", model.retired_at)?,
        }),
        "compromised" => Ok(KeyState::Compromised {
            at: at.present("compromised_at", model.compromised_at)?,
        }),
        _ => Err(at.corrupt("state")),
    }
}

impl Stored for SigningKey {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let key = self.at(was.next());
        let this = Column::Id.eq(key.id());
        save::<Entity>(transaction, active(&key), this, Column::Revision, was).await?;
        Ok(key)
    }
}

/// Moments of states gone by are left as they stand: a retired key still shows when it signed.
fn active(key: &SigningKey) -> ActiveModel {
    let mut active = ActiveModel {
        id: Set(key.id()),
        kid: Set(key.kid().to_string()),
        algorithm: Set(key.algorithm().to_owned()),
        public_jwk: Set(key.public_jwk().to_owned()),
        state: Set(key.state().name().to_string()),
        generated_at: Set(key.generated()),
        published_at: NotSet,
        activated_at: NotSet,
        deactivated_at: NotSet,
        retired_at: NotSet,
        compromised_at: NotSet,
        sealed_kek: Set(None),
        sealed_record: Set(None),
        last_expiry: NotSet,
        revision: Set(key.revision()),
    };
    let private = match key.state() {
        KeyState::Published { at, private } => {
            active.published_at = Set(*at);
            Some(private)
        }
        KeyState::Active {
            published,
            at,
            private,
        } => {
            active.published_at = Set(*published);
            active.activated_at = Set(Some(*at));
            Some(private)
        }
        KeyState::Deactivated {
            published,
            activated,
            at,
        } => {
            active.published_at = Set(*published);
            active.activated_at = Set(Some(*activated));
            active.deactivated_at = Set(Some(*at));
            None
        }
        KeyState::Retired { at } => {
            active.retired_at = Set(Some(*at));
            None
        }
        KeyState::Compromised { at } => {
            active.compromised_at = Set(Some(*at));
            None
        }
    };
    if let Some(Sealed { kek, record }) = private {
        active.sealed_kek = Set(Some(kek.clone()));
        active.sealed_record = Set(Some(record.clone()));
    }
    active
}
