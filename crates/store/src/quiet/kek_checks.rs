//! Check values of key-encryption keys, and which one an installation begins with: they change nothing, they tell at the start
//! that the right key was given. Every later move of such a key is an event.

use gatewright_domain::{kek::Rewrap, revision::Revision, time::Timestamp};
use sea_orm::{
    ActiveValue::Set,
    Condition, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, OnConflict},
};

use crate::{
    error::StoreError,
    rows::{
        kek_check::{ActiveModel, Column, Entity},
        kek_derivation,
    },
    store::Store,
};

/// What one installation derives key-encryption keys from passphrases with.
const PASSPHRASE: &str = "passphrase";

/// How a key-encryption key follows from a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KekDerivation {
    /// The salt.
    pub salt: Vec<u8>,
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Store {
    /// The check value of a key-encryption key, if it was used before.
    ///
    /// # Errors
    /// `Database`.
    pub async fn kek_check(&self, kek: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found = Entity::find_by_id(kek.to_owned())
            .one(self.quietly())
            .await?;
        Ok(found.map(|row| row.check_value))
    }

    /// Keeps the check value of a key-encryption key when it is used for the first time; never replaces one.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_kek_check(
        &self,
        kek: &str,
        source: &str,
        check_value: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let check = ActiveModel {
            kek: Set(kek.to_owned()),
            check_value: Set(check_value),
            made_at: Set(now),
            source: Set(source.to_owned()),
            state: Set("known".to_owned()),
            rewrap: Set(None),
            changed_at: Set(None),
            revision: Set(Revision::NEW.next()),
        };
        let known = OnConflict::column(Column::Kek).do_nothing().to_owned();
        let insert = Entity::insert(check).on_conflict(known);
        insert.exec_without_returning(self.quietly()).await?;
        Ok(())
    }

    /// Lets a known key seal on a database where nothing is sealed yet. Another that was to do so, and never did, stands
    /// back. The caller has looked that nothing is sealed; what is sealed a moment later names its key all the same.
    ///
    /// # Errors
    /// `Database`.
    pub async fn begin_with_kek(&self, kek: &str, now: Timestamp) -> Result<(), StoreError> {
        let open = self.begin_quietly().await?;
        let others = Condition::all()
            .add(Column::State.eq("active"))
            .add(Column::Kek.ne(kek));
        Entity::update_many()
            .col_expr(Column::State, Expr::value("known"))
            .col_expr(Column::Rewrap, Expr::value(None::<String>))
            .filter(others)
            .exec(open.transaction()?)
            .await?;
        let this = Condition::all()
            .add(Column::State.eq("known"))
            .add(Column::Kek.eq(kek));
        Entity::update_many()
            .col_expr(Column::State, Expr::value("active"))
            .col_expr(Column::Rewrap, Expr::value(Rewrap::DataKeys.as_str()))
            .col_expr(Column::ChangedAt, Expr::value(now))
            .filter(this)
            .exec(open.transaction()?)
            .await?;
        open.commit().await
    }

    /// How this installation derives keys from passphrases: what was kept first, by whichever server was faster.
    ///
    /// # Errors
    /// `Database`; `Corrupt` when what is kept cannot be.
    pub async fn kek_derivation(
        &self,
        fresh: KekDerivation,
        now: Timestamp,
    ) -> Result<KekDerivation, StoreError> {
        use kek_derivation::{ActiveModel, Column, Entity};
        let KekDerivation {
            salt,
            memory_kib,
            passes,
            lanes,
        } = fresh.clone();
        let first = ActiveModel {
            name: Set(PASSPHRASE.to_owned()),
            salt: Set(salt),
            memory_kib: Set(memory_kib.into()),
            passes: Set(passes.into()),
            lanes: Set(lanes.into()),
            made_at: Set(now),
        };
        let known = OnConflict::column(Column::Name).do_nothing().to_owned();
        let insert = Entity::insert(first).on_conflict(known);
        insert.exec_without_returning(self.quietly()).await?;
        let kept = Entity::find_by_id(PASSPHRASE.to_owned());
        let Some(kept) = kept.one(self.quietly()).await? else {
            return Ok(fresh);
        };
        // A number that does not fit is no number we have written: zero is refused where the key is derived.
        let number = |number: i64| u32::try_from(number).unwrap_or(0);
        Ok(KekDerivation {
            salt: kept.salt,
            memory_kib: number(kept.memory_kib),
            passes: number(kept.passes),
            lanes: number(kept.lanes),
        })
    }
}
