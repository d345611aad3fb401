//! A fresh database on each engine, so that every database test runs twice.

use std::{fmt, ops::Deref};

use anyhow::Result;
use tempfile::TempDir;

use crate::postgres::Postgres;

/// What keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// The address of an empty database that nobody else uses. Keep it as long as the database is used: the file of an
/// SQLite database goes with it.
#[derive(Debug)]
pub struct DatabaseUrl {
    engine: Engine,
    url: String,
    _home: Option<TempDir>,
}

/// One fresh database per engine, SQLite first.
///
/// # Errors
/// When PostgreSQL is not installed or does not start; the message says what to do.
pub fn database_urls() -> Result<[DatabaseUrl; 2]> {
    Ok([DatabaseUrl::sqlite()?, DatabaseUrl::postgres()?])
}

impl DatabaseUrl {
    /// `sqlite://<path of a file that does not exist yet>`
    ///
    /// # Errors
    /// When there is no room for temporary files.
    pub fn sqlite() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("gatewright-").tempdir()?;
        let url = format!("sqlite://{}", home.path().join("test.db").display());
        Ok(Self {
            engine: Engine::Sqlite,
            url,
            _home: Some(home),
        })
    }

    /// `postgres://gatewright@localhost/<database>?host=<directory of the socket>`
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; the message says what to do.
    pub fn postgres() -> Result<Self> {
        Ok(Self {
            engine: Engine::Postgres,
            url: Postgres::shared()?.fresh_database()?,
            _home: None,
        })
    }

    /// What keeps the data.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }
}

impl Deref for DatabaseUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.url
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}
