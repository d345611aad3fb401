//! Bringing a database up to date, one process at a time.

use gatewright_domain::{id::InstallationId, time::Timestamp};
use gatewright_ledger::tree::Frontier;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait};

use crate::{
    error::StoreError,
    rows::{audit_head, installation},
    store::Store,
    transaction::Open,
};

/// Any number will do, as long as no other program that shares the server uses it.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7205163884190337)";

/// Waits until no other process brings the database up to date, or restores it.
pub(crate) async fn lock(transaction: &DatabaseTransaction) -> Result<(), StoreError> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(LOCK).await?;
    }
    Ok(())
}

impl Store {
    /// Applies the migrations that are missing, all or none, and gives their names. A new database also gets its
    /// installation and the empty ledger.
    ///
    /// # Errors
    /// `Database`, also when the database is of a newer release than this program.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let open = Open::begin(&self.inner.writer).await?;
        let transaction = open.transaction()?;
        lock(transaction).await?;
        let applied = gatewright_migrations::apply(transaction).await?;
        if installation::Entity::find()
            .one(transaction)
            .await?
            .is_none()
        {
            self.install(transaction).await?;
        }
        open.commit().await?;
        Ok(applied)
    }

    /// The names of the migrations that are missing. Changes nothing.
    ///
    /// # Errors
    /// As `migrate`.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(gatewright_migrations::pending(&self.inner.reader).await?)
    }

    async fn install(&self, transaction: &DatabaseTransaction) -> Result<(), StoreError> {
        // The time in this id is 1970: an installation is told apart by the drawn part, and here is no clock.
        let id = InstallationId::draw(Timestamp::from_millis(0), self.inner.entropy.as_ref());
        let epoch = 1;
        let installation = installation::ActiveModel {
            one: Set(1),
            id: Set(id),
            epoch: Set(epoch),
            set_up_at: Set(None),
            restored_at: Set(None),
        };
        installation::Entity::insert(installation)
            .exec_without_returning(transaction)
            .await?;
        let tree = Frontier::new();
        let head = audit_head::ActiveModel {
            id: Set(audit_head::ONE),
            size: Set(0),
            frontier: Set(tree.to_bytes()),
            root: Set(tree.root().as_bytes().to_vec()),
            epoch: Set(epoch),
        };
        audit_head::Entity::insert(head)
            .exec_without_returning(transaction)
            .await?;
        Ok(())
    }
}
