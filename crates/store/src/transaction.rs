//! A transaction: the one place where it begins, and how it ends when nobody waits for it any more.

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::runtime::Handle;

use crate::error::StoreError;

/// A transaction that is rolled back in good order when it is dropped. SeaORM's own is not made for that: dropped
/// while its connection is in use, it panics.
#[derive(Debug)]
pub(crate) struct Open(Option<DatabaseTransaction>);

impl Open {
    /// Begins a transaction that may write. On SQLite it takes the write lock at once: one that first reads and then
    /// writes could only fail. On PostgreSQL it is READ COMMITTED, and a stale write is found by the row's revision.
    pub(crate) async fn begin(writer: &DatabaseConnection) -> Result<Self, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Self(Some(writer.begin_with_options(options).await?)))
    }

    pub(crate) fn transaction(&self) -> Result<&DatabaseTransaction, StoreError> {
        self.0.as_ref().ok_or(StoreError::Interrupted)
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let Some(transaction) = self.0.take() else {
            return Err(StoreError::Interrupted);
        };
        transaction.commit().await.map_err(StoreError::of_commit)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(transaction) = self.0.take() else {
            return;
        };
        // Without a runtime there is no connection left to be in use, and dropping it closes what is left.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(transaction.rollback());
        }
    }
}
