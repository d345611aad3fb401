//! Opening a database: how each engine is set up, and which are refused.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::{self, Connection, SqliteConnection},
};

use crate::error::StoreError;

/// The pools of a store. Only what goes through the writer can change anything.
pub(crate) struct Pools {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
}

/// How long a statement waits for a lock, and a caller for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection that was just in use is taken to be alive without asking: asking costs every write a round trip.
const TRUSTED: Duration = Duration::from_secs(1);

/// Before it, SQLite could corrupt a database in WAL mode when a checkpoint met a restart of the log.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Opens both pools.
pub(crate) async fn pools(url: &str) -> Result<Pools, StoreError> {
    if url.starts_with("sqlite:") {
        return sqlite(url).await;
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return postgres(url).await;
    }
    let known = "its address must begin with sqlite:// or postgres://";
    Err(StoreError::Unusable(known.to_owned()))
}

/// One connection writes, so that writers queue in order instead of meeting `SQLITE_BUSY`; readers never wait for it.
async fn sqlite(url: &str) -> Result<Pools, StoreError> {
    let mut writing = options(url);
    writing.max_connections(1).map_sqlx_sqlite_opts(|options| {
        options
            .create_if_missing(true)
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("secure_delete", "ON")
            .busy_timeout(PATIENCE)
    });
    writing.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(has_no_transaction(connection)))
    });
    let mut reading = options(url);
    reading
        .max_connections(4)
        .map_sqlx_sqlite_opts(|options| options.pragma("query_only", "ON").busy_timeout(PATIENCE));
    let writer = Database::connect(writing).await?;
    is_sound(&writer).await?;
    let reader = Database::connect(reading).await?;
    Ok(Pools { writer, reader })
}

/// Whether a connection may write again. When a commit fails for want of room, SQLite ends the transaction by itself, and the
/// driver, whose rollback then fails, goes on counting it: what comes next would be a savepoint that is released and never
/// committed, and acknowledged all the same. Such a connection is closed.
async fn has_no_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A rollback may still be queued; this waits behind it.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn postgres(url: &str) -> Result<Pools, StoreError> {
    let mut writing = options(url);
    writing
        .max_connections(8)
        .map_sqlx_postgres_opts(|options| options.options(SESSION));
    let mut reading = options(url);
    reading
        .max_connections(8)
        .map_sqlx_postgres_opts(|options| options.options(SESSION).options([READ_ONLY]));
    let writer = Database::connect(writing).await.map_err(absent)?;
    let reader = Database::connect(reading).await.map_err(absent)?;
    Ok(Pools { writer, reader })
}

/// A server that does not answer the first time is not busy: it is away, or somewhere else.
fn absent(error: DbErr) -> StoreError {
    match error.into() {
        StoreError::Busy => {
            let patience = PATIENCE.as_secs();
            StoreError::Unusable(format!(
                "its server did not answer within {patience} seconds"
            ))
        }
        other => other,
    }
}

/// A waiting statement gives up rather than pile up behind a lock; a forgotten transaction is ended by the server.
const SESSION: [(&str, &str); 2] = [
    ("lock_timeout", "5000"),
    ("idle_in_transaction_session_timeout", "60000"),
];
const READ_ONLY: (&str, &str) = ("default_transaction_read_only", "on");

/// No statement and no parameter is ever logged: some of them are hashes of secrets, some are people.
fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .acquire_timeout(PATIENCE)
        .test_before_acquire_if_idle_for(TRUSTED)
        .connect_timeout(PATIENCE)
        .min_connections(1);
    options
}

async fn is_sound(database: &DatabaseConnection) -> Result<(), StoreError> {
    let asked = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version");
    let row = database
        .query_one_raw(asked)
        .await?
        .ok_or(StoreError::NotFound)?;
    let version: String = row.try_get("", "version")?;
    let numbers: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    if numbers.as_slice() >= OLDEST_SQLITE.as_slice() {
        return Ok(());
    }
    let needed = format!("SQLite {version} can corrupt it; 3.51.3 or newer is needed");
    Err(StoreError::Unusable(needed))
}
