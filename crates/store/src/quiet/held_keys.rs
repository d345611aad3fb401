//! Keys that are held elsewhere and have ended. That they ended is an event; that who held them has destroyed them since is what
//! was promised there, and changes nothing that anybody can see.

use gatewright_domain::{
    id::KeyId,
    key::{Held, KeyStateName, Kid},
    time::Timestamp,
};
use sea_orm::{Condition, QueryFilter, QueryOrder, entity::prelude::*, sea_query::Expr};

use crate::{
    error::StoreError,
    rows::{
        Place,
        signing_key::{Column, Entity, Model},
    },
    store::Store,
};

/// A key that signs no more, and is still to be destroyed where it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The key.
    pub id: KeyId,
    /// Its public name.
    pub kid: Kid,
    /// Where it is held.
    pub held: Held,
}

impl Store {
    /// The keys that ended before then and are still held elsewhere, in the order of their ids.
    ///
    /// # Errors
    /// `Database`; `Corrupt`.
    pub async fn leftovers(&self, before: Timestamp) -> Result<Vec<Leftover>, StoreError> {
        let ended = |state: KeyStateName, at: Column| {
            Condition::all()
                .add(Column::State.eq(state.as_str()))
                .add(at.lt(before))
        };
        let over = Condition::any()
            .add(ended(KeyStateName::Deactivated, Column::DeactivatedAt))
            .add(ended(KeyStateName::Retired, Column::RetiredAt))
            .add(ended(KeyStateName::Compromised, Column::CompromisedAt));
        let rows: Vec<Model> = Entity::find()
            .filter(Column::ProviderRef.is_not_null())
            .filter(over)
            .order_by_asc(Column::Id)
            .all(self.quietly())
            .await?;
        let read = |row: Model| {
            let at = Place::of("signing_keys", row.id);
            Ok(Leftover {
                id: row.id,
                kid: at.parse("kid", &row.kid)?,
                held: Held {
                    provider: at.parse("provider", &row.provider)?,
                    reference: at.present("provider_ref", row.provider_ref)?,
                },
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Notes that a leftover is destroyed: nothing refers to it any more.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_leftover(&self, gone: &Leftover) -> Result<(), StoreError> {
        let this = Condition::all()
            .add(Column::Id.eq(gone.id))
            .add(Column::ProviderRef.eq(gone.held.reference.as_str()))
            .add(Column::State.is_in([
                KeyStateName::Deactivated.as_str(),
                KeyStateName::Retired.as_str(),
                KeyStateName::Compromised.as_str(),
            ]));
        Entity::update_many()
            .col_expr(Column::ProviderRef, Expr::value(Option::<String>::None))
            .filter(this)
            .exec(self.quietly())
            .await?;
        Ok(())
    }
}
