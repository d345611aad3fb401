//! Signing keys. A CHECK keeps the sealed private key out of every state that cannot sign.

use gatewright_domain::{
    audit::Aggregate,
    id::KeyId,
    key::{
        Before, Held, KeyState, KeyStateName, Kid, Listing, PrivateHalf, Provider, RingName,
        Sealed, SigningKey, SigningKeyParts,
    },
    revision::Revision,
    time::Timestamp,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    Condition, DatabaseTransaction, QueryOrder,
    entity::prelude::*,
};

use super::{Place, Stored, key_ring, save};
use crate::error::StoreError;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: KeyId,
    #[sea_orm(column_type = "Text")]
    pub(crate) kid: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) purpose: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) algorithm: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) public_jwk: String,
    #[sea_orm(column_type = "Text")]
    pub(crate) state: String,
    pub(crate) generated_at: Timestamp,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) activated_at: Option<Timestamp>,
    pub(crate) deactivated_at: Option<Timestamp>,
    pub(crate) suspended_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) suspended_from: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) suspended_listing: Option<String>,
    pub(crate) retired_at: Option<Timestamp>,
    pub(crate) compromised_at: Option<Timestamp>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) sealed_kek: Option<String>,
    #[sea_orm(column_type = "Blob", nullable)]
    pub(crate) sealed_record: Option<Vec<u8>>,
    #[sea_orm(column_type = "Text")]
    pub(crate) provider: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(crate) provider_ref: Option<String>,
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

/// Raises the moment at which the last token of the active key may expire; never lowers it. It is no part of the key's
/// revision, because it says nothing of where the key stands.
///
/// # Errors
/// `Stale` when the key is not the active one any more.
pub(crate) async fn raise_last_expiry<C: ConnectionTrait>(
    db: &C,
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
    match update.exec(db).await?.rows_affected {
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
            ring: RingName {
                purpose: at.parse("purpose", &model.purpose)?,
                algorithm: at.parse("algorithm", &model.algorithm)?,
            },
            public_jwk: model.public_jwk,
            provider: at.parse("provider", &model.provider)?,
            state,
            generated: model.generated_at,
            last_expiry: model.last_expiry,
            revision: model.revision,
        }))
    }
}

fn state(model: &Model, at: &Place) -> Result<KeyState, StoreError> {
    match model.state.as_str() {
        "staged" => Ok(KeyState::Staged {
            private: private(model, at)?,
        }),
        "suspended" => Ok(KeyState::Suspended {
            at: at.present("suspended_at", model.suspended_at)?,
            listing: match model.suspended_listing.as_deref() {
                Some("listed") => Listing::Listed,
                Some("withdrawn") => Listing::Withdrawn,
                Some(_) | None => return Err(at.corrupt("suspended_listing")),
            },
            was: living(model, model.suspended_from.as_deref(), at)?,
        }),
        "retired" => Ok(KeyState::Retired {
            at: at.present("retired_at", model.retired_at)?,
        }),
        "compromised" => Ok(KeyState::Compromised {
            at: at.present("compromised_at", model.compromised_at)?,
        }),
        living_state => Ok(living(model, Some(living_state), at)?.into()),
    }
}

/// A state that a key can be suspended from, and return to.
fn living(model: &Model, state: Option<&str>, at: &Place) -> Result<Before, StoreError> {
    let published = || at.present("published_at", model.published_at);
    match state {
        Some("published") => Ok(Before::Published {
            at: published()?,
            private: private(model, at)?,
        }),
        Some("active") => Ok(Before::Active {
            published: published()?,
            at: at.present("activated_at", model.activated_at)?,
            private: private(model, at)?,
        }),
        Some("deactivated") => Ok(Before::Deactivated {
            published: published()?,
            activated: at.present("activated_at", model.activated_at)?,
            at: at.present("deactivated_at", model.deactivated_at)?,
        }),
        Some(_) | None => Err(at.corrupt("state")),
    }
}

fn private(model: &Model, at: &Place) -> Result<PrivateHalf, StoreError> {
    let provider: Provider = at.parse("provider", &model.provider)?;
    if provider == Provider::Software {
        return Ok(PrivateHalf::Sealed(Sealed {
            kek: at.present("sealed_kek", model.sealed_kek.clone())?,
            record: at.present("sealed_record", model.sealed_record.clone())?,
        }));
    }
    Ok(PrivateHalf::Held(Held {
        provider,
        reference: at.present("provider_ref", model.provider_ref.clone())?,
    }))
}

impl Stored for SigningKey {
    async fn put(self, transaction: &DatabaseTransaction) -> Result<Self, StoreError> {
        let was = self.revision();
        let key = self.at(was.next());
        let this = Column::Id.eq(key.id());
        // The ring first: whoever moves one of its keys holds its row until the commit.
        key_ring::advance(transaction, key.ring()).await?;
        save::<Entity>(transaction, active(&key), this, Column::Revision, was).await?;
        Ok(key)
    }
}

/// Moments of states gone by are left as they stand: a retired key still shows when it signed. So is the reference to a key
/// that is held elsewhere, until it is destroyed there.
fn active(key: &SigningKey) -> ActiveModel {
    let mut active = ActiveModel {
        id: Set(key.id()),
        kid: Set(key.kid().to_string()),
        purpose: Set(key.ring().purpose.to_string()),
        algorithm: Set(key.ring().algorithm.to_string()),
        public_jwk: Set(key.public_jwk().to_owned()),
        state: Set(key.state().name().to_string()),
        generated_at: Set(key.generated()),
        published_at: NotSet,
        activated_at: NotSet,
        deactivated_at: NotSet,
        suspended_at: Set(None),
        suspended_from: Set(None),
        suspended_listing: Set(None),
        retired_at: NotSet,
        compromised_at: NotSet,
        sealed_kek: Set(None),
        sealed_record: Set(None),
        provider: Set(key.provider().to_string()),
        provider_ref: NotSet,
        last_expiry: NotSet,
        revision: Set(key.revision()),
    };
    match key.state() {
        KeyState::Staged { .. } => {}
        KeyState::Published { at, .. } => active.published_at = Set(Some(*at)),
        KeyState::Active { published, at, .. } => {
            active.published_at = Set(Some(*published));
            active.activated_at = Set(Some(*at));
        }
        KeyState::Deactivated {
            published,
            activated,
            at,
        } => {
            active.published_at = Set(Some(*published));
            active.activated_at = Set(Some(*activated));
            active.deactivated_at = Set(Some(*at));
        }
        KeyState::Suspended { at, listing, was } => {
            active.suspended_at = Set(Some(*at));
            active.suspended_from = Set(Some(was.name().to_string()));
            active.suspended_listing = Set(Some(listing.as_str().to_owned()));
        }
        KeyState::Retired { at } => active.retired_at = Set(Some(*at)),
        KeyState::Compromised { at } => active.compromised_at = Set(Some(*at)),
    }
    match key.state().private() {
        Some(PrivateHalf::Sealed(Sealed { kek, record })) => {
            active.sealed_kek = Set(Some(kek.clone()));
            active.sealed_record = Set(Some(record.clone()));
        }
        Some(PrivateHalf::Held(held)) => active.provider_ref = Set(Some(held.reference.clone())),
        None => {}
    }
    active
}
