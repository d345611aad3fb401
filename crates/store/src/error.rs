//! Why the store does not do what it was asked to.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::taken;

/// Why the store does not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing, or the caller may not know of it: the two are never told apart.
    #[error("there is no such thing")]
    NotFound,
    /// A name means more than one thing; its id would not.
    #[error("the name means more than one thing; use the id")]
    Ambiguous,
    /// Somebody else changed it since it was read.
    #[error("it has changed since it was read")]
    Stale,
    /// Something else has this already.
    #[error("the {what} is taken")]
    Taken {
        /// The noun and its field, for instance `api name`.
        what: &'static str,
    },
    /// The permit is for something else than the change.
    #[error("the permit does not cover this change")]
    OutsidePermit,
    /// A stored value does not mean anything.
    #[error("the database is corrupt: {table}.{column} of row {row}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// The database did not get to it in time; trying again later may work.
    #[error("the database is busy")]
    Busy,
    /// The event of the change is larger than the ledger takes.
    #[error("the change is too large to be recorded")]
    TooLarge,
    /// The disk of the database is full, or as good as.
    #[error("the database has no room left")]
    Full,
    /// The server stopped, or the database went away, before it was known whether the change was stored.
    #[error("it is not known whether the change was stored")]
    Interrupted,
    /// The database cannot be used by this program.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] DatabaseError),
}

/// What the database said. For logs; it means nothing to callers.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct DatabaseError(DbErr);

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => {
                if let Some(what) = taken::what(&message) {
                    return Self::Taken { what };
                }
            }
            // What is pointed at has gone since it was read.
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::NotFound,
            Some(_) | None => {}
        }
        if is_full(&error) {
            return Self::Full;
        }
        if is_busy(&error) || is_away(&error) {
            return Self::Busy;
        }
        Self::Database(DatabaseError(error))
    }
}

impl StoreError {
    /// Why a commit failed. When the connection is lost there, nobody knows whether the database got to it.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        if is_away(&error) {
            return Self::Interrupted;
        }
        error.into()
    }
}

/// Whether another transaction, or the number of them, is all that is in the way.
fn is_busy(error: &DbErr) -> bool {
    // SQLite's BUSY, LOCKED and BUSY_SNAPSHOT; PostgreSQL's lock_not_available, serialization and deadlock failures.
    const CODES: [&str; 6] = ["5", "6", "517", "55P03", "40001", "40P01"];
    match cause(error) {
        Some(sqlx::Error::PoolTimedOut) => true,
        Some(sqlx::Error::Database(said)) => {
            said.code().is_some_and(|code| CODES.contains(&&*code))
        }
        _ => matches!(error, DbErr::ConnectionAcquire(_)),
    }
}

/// Whether nothing more can be written.
fn is_full(error: &DbErr) -> bool {
    // SQLite's FULL and IOERR_WRITE; PostgreSQL's disk_full.
    const CODES: [&str; 3] = ["13", "778", "53100"];
    matches!(cause(error), Some(sqlx::Error::Database(said))
        if said.code().is_some_and(|code| CODES.contains(&&*code)))
}

/// Whether the connection to the database is lost, or the database is ending or starting.
fn is_away(error: &DbErr) -> bool {
    // PostgreSQL's class of connection exceptions, and admin_shutdown, crash_shutdown, cannot_connect_now.
    const CLASS: &str = "08";
    const CODES: [&str; 3] = ["57P01", "57P02", "57P03"];
    match cause(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_)) => true,
        Some(sqlx::Error::Database(said)) => said.code().is_some_and(|code| {
            code.starts_with(CLASS) && code.len() == 5 || CODES.contains(&&*code)
        }),
        _ => false,
    }
}

/// What the driver said.
fn cause(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause.as_ref()),
        _ => None,
    }
}
