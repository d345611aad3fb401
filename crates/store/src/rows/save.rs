//! The optimistic lock: a row is written as it was read, or not at all.

use gatewright_domain::{audit::Aggregate, revision::Revision};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::SimpleExpr};

use crate::error::StoreError;

/// A thing that `Tx::write` stores. Sealed: which things those are is decided in `rows`.
pub trait Row: Aggregate + Stored {}

/// How a thing becomes a row.
pub trait Stored: Sized {
    /// Stores the thing as the next revision, and gives it back as stored.
    fn put(
        self,
        transaction: &DatabaseTransaction,
    ) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

impl<T: Aggregate + Stored> Row for T {}

/// Inserts a first revision, or updates the one row that `this` selects, if it still has the revision that was read.
///
/// # Errors
/// `Stale` when it has another revision by now; `Taken` when a unique value is taken.
pub(crate) async fn save<E: EntityTrait>(
    transaction: &DatabaseTransaction,
    active: E::ActiveModel,
    this: SimpleExpr,
    revision: E::Column,
    was: Revision,
) -> Result<(), StoreError> {
    if was == Revision::NEW {
        E::insert(active)
            .exec_without_returning(transaction)
            .await?;
        return Ok(());
    }
    let update = E::update_many()
        .set(active)
        .filter(this)
        .filter(revision.eq(was));
    match update.exec(transaction).await?.rows_affected {
        0 => Err(StoreError::Stale),
        _ => Ok(()),
    }
}
