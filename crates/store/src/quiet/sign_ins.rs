//! Failed sign-ins are counted to slow guessing down; the failures themselves are events.

use std::time::Duration;

use gatewright_domain::time::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ExprTrait,
    entity::prelude::*,
    sea_query::{CaseStatement, OnConflict, SimpleExpr},
};

use crate::{
    error::StoreError,
    rows::sign_in_attempt::{ActiveModel, Column, Entity},
    store::Store,
};

/// How often sign-in has failed for a subject: a folded name, or a hash of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How often, since `first`.
    pub count: u64,
    /// The first failure counted.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
}

impl Store {
    /// The failures counted for a subject, if any are.
    ///
    /// # Errors
    /// `Database`.
    pub async fn sign_in_failures(&self, subject: &str) -> Result<Option<Failures>, StoreError> {
        let found = Entity::find_by_id(subject.to_owned())
            .one(self.quietly())
            .await?;
        Ok(found.map(|row| Failures {
            count: u64::try_from(row.failures).unwrap_or(0),
            first: row.first_at,
            last: row.last_at,
        }))
    }

    /// Counts one more failure; begins anew when the last one is longer ago than `window`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn count_sign_in_failure(
        &self,
        subject: &str,
        window: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let first = ActiveModel {
            subject: Set(subject.to_owned()),
            failures: Set(1),
            first_at: Set(now),
            last_at: Set(now),
        };
        let over = now.minus(window);
        let counted = Expr::col((Entity, Column::Failures));
        let began = Expr::col((Entity, Column::FirstAt));
        let next = OnConflict::column(Column::Subject)
            .value(Column::Failures, anew(over, 1_i64, counted.add(1)))
            .value(Column::FirstAt, anew(over, now, began))
            .value(Column::LastAt, Expr::value(now))
            .to_owned();
        Entity::insert(first)
            .on_conflict(next)
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }

    /// Forgets a subject's failures: it has signed in.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_sign_in_failures(&self, subject: &str) -> Result<(), StoreError> {
        Entity::delete_by_id(subject.to_owned())
            .exec(self.quietly())
            .await?;
        Ok(())
    }

    /// Forgets failures whose last one is older than this moment.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_sign_in_failures(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Entity::delete_many().filter(Column::LastAt.lt(before));
        Ok(old.exec(self.quietly()).await?.rows_affected)
    }
}

/// The first value when the stored failures are over, else the other.
fn anew(
    over: Timestamp,
    fresh: impl Into<sea_orm::Value>,
    goes_on: impl Into<SimpleExpr>,
) -> CaseStatement {
    let last = Expr::col((Entity, Column::LastAt));
    CaseStatement::new()
        .case(last.lt(over), Expr::value(fresh))
        .finally(goes_on)
}
