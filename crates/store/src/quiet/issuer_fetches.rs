//! When an outside issuer's keys were fetched, and how it went: a measurement, repeated by the clock. That an issuer has other
//! keys is an event, written through `Tx`; that it still has the same, or cannot be reached, changes nobody's rights.

use gatewright_domain::{id::OutsideIssuerId, outside::OutsideIssuer, time::Timestamp};
use sea_orm::{
    ActiveValue::Set, Condition, QueryFilter, entity::prelude::*, sea_query::OnConflict,
};

use crate::{
    error::StoreError,
    rows::{
        issuer_fetch::{ActiveModel, Column, Entity},
        outside_issuer,
    },
    store::Store,
};

/// Who may fetch now. However many servers ask at once, one of them is told yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Whoever comes when it is due.
    Due,
    /// Whoever was surprised by a token, when nobody has tried since the first moment, and nobody has failed since the second.
    Surprised {
        /// Nobody may have tried after this.
        tried: Timestamp,
        /// Nobody may have failed after this.
        failed: Timestamp,
    },
    /// Whoever was asked by a person, when nobody has tried since then.
    Asked(Timestamp),
}

/// How a fetch went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// There is a set, and it is good until then.
    Good {
        /// When to fetch again.
        next: Timestamp,
    },
    /// There is none, and the last good one is kept.
    Failed {
        /// When to try again.
        next: Timestamp,
        /// Why, for people.
        why: String,
    },
}

impl Store {
    /// Those that are not withdrawn, with their rules and keys.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn outside_issuers(&self) -> Result<Vec<OutsideIssuer>, StoreError> {
        outside_issuer::standing(&self.inner.reader).await
    }

    /// Whether the keys may be fetched now, by this server. `until` is when others may try if nothing is heard of it again.
    ///
    /// # Errors
    /// `Database`.
    pub async fn claim_fetch(
        &self,
        issuer: OutsideIssuerId,
        claim: Claim,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let first = ActiveModel {
            issuer_id: Set(issuer),
            tried_at: Set(Timestamp::from_millis(0)),
            fetched_at: Set(None),
            next_at: Set(Timestamp::from_millis(0)),
            failure: Set(None),
        };
        let known = OnConflict::column(Column::IssuerId).do_nothing().to_owned();
        let insert = Entity::insert(first).on_conflict(known);
        insert.exec_without_returning(self.quietly()).await?;
        let may = match claim {
            Claim::Due => Condition::all().add(Column::NextAt.lte(now)),
            Claim::Surprised { tried, failed } => {
                let calm = Condition::any()
                    .add(Column::Failure.is_null())
                    .add(Column::TriedAt.lte(failed));
                Condition::all().add(Column::TriedAt.lte(tried)).add(calm)
            }
            Claim::Asked(tried) => Condition::all().add(Column::TriedAt.lte(tried)),
        };
        let claimed = Entity::update_many()
            .col_expr(Column::TriedAt, Expr::value(now))
            .col_expr(Column::NextAt, Expr::value(until))
            .filter(Column::IssuerId.eq(issuer))
            .filter(may)
            .exec(self.quietly())
            .await?;
        Ok(claimed.rows_affected > 0)
    }

    /// Keeps how it went.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_fetch(
        &self,
        issuer: OutsideIssuerId,
        fetched: Fetched,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = Entity::update_many().filter(Column::IssuerId.eq(issuer));
        let update = match fetched {
            Fetched::Good { next } => update
                .col_expr(Column::FetchedAt, Expr::value(Some(now)))
                .col_expr(Column::NextAt, Expr::value(next))
                .col_expr(Column::Failure, Expr::value(None::<String>)),
            Fetched::Failed { next, why } => update
                .col_expr(Column::NextAt, Expr::value(next))
                .col_expr(Column::Failure, Expr::value(Some(why))),
        };
        update.exec(self.quietly()).await?;
        Ok(())
    }
}
