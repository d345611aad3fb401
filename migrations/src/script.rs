//! One text of SQL for both engines: where they differ in a type, the text says `$int`, `$uuid`, `$bytes` or `$json`.

use sea_orm_migration::{
    SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend, DbErr},
};

/// A step's statements, separated by semicolons.
pub(crate) struct Script {
    /// What both engines run first.
    pub(crate) tables: &'static str,
    /// What only PostgreSQL runs then.
    pub(crate) postgres: &'static str,
    /// What only SQLite runs then.
    pub(crate) sqlite: &'static str,
}

impl Script {
    /// Runs it inside the step's transaction.
    pub(crate) async fn run(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let (types, special) = match manager.get_database_backend() {
            DbBackend::Postgres => (POSTGRES, self.postgres),
            DbBackend::Sqlite => (SQLITE, self.sqlite),
            other => {
                return Err(DbErr::BackendNotSupported {
                    db: other.as_str(),
                    ctx: "Gatewright",
                });
            }
        };
        let tables = types
            .iter()
            .fold(self.tables.to_owned(), |text, (word, name)| {
                text.replace(word, name)
            });
        let connection = manager.get_connection();
        connection.execute_unprepared(&tables).await?;
        if !special.is_empty() {
            connection.execute_unprepared(special).await?;
        }
        Ok(())
    }
}

/// The engines' own names of the four types, as the entities declare them.
const POSTGRES: [(&str, &str); 4] = [
    ("$int", "bigint"),
    ("$uuid", "uuid"),
    ("$bytes", "bytea"),
    ("$json", "jsonb"),
];
const SQLITE: [(&str, &str); 4] = [
    ("$int", "integer"),
    ("$uuid", "uuid_text"),
    ("$bytes", "blob"),
    ("$json", "jsonb_text"),
];

/// Makes a step of a `SCRIPT` in the same file; each runs in one transaction, on SQLite too.
macro_rules! step {
    ($name:literal) => {
        /// This step.
        pub(crate) struct Migration;

        impl sea_orm_migration::MigrationName for Migration {
            fn name(&self) -> &str {
                $name
            }
        }

        #[expect(
            elided_lifetimes_in_paths,
            reason = "the trait is declared so, and `async_trait` wants the same of those who implement it"
        )]
        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::sea_orm::DbErr> {
                SCRIPT.run(manager).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}

pub(crate) use step;
