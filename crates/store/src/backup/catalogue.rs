//! What there is in a database, asked of the database itself: its tables, those that are pointed at first, and how a row of
//! each becomes one line of JSON and a row again.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::id::InstallationId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};

use crate::{error::StoreError, snapshot::all};

/// Where migrations keep what they have done: told in the head of a backup, never as rows.
const MIGRATIONS: &str = "seaql_migrations";

/// How a column's values are told in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// As they are: numbers and text.
    Plain,
    /// As 36 characters.
    Uuid,
    /// As `\x` and hexadecimal digits.
    Bytes,
    /// As the JSON they hold.
    Json,
}

/// A table.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    columns: Vec<(String, Shape)>,
}

#[derive(FromQueryResult)]
struct ColumnRow {
    table_name: String,
    column_name: String,
    type_name: String,
}

#[derive(FromQueryResult)]
struct ArrowRow {
    child: String,
    parent: String,
}

#[derive(FromQueryResult)]
struct Name {
    name: String,
}

const SQLITE_COLUMNS: &str = "SELECT tables.name AS table_name, columns.name AS column_name, lower(columns.type) AS type_name \
    FROM sqlite_master tables JOIN pragma_table_info(tables.name) columns \
    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' ORDER BY tables.name, columns.cid";
const POSTGRES_COLUMNS: &str = "SELECT columns.table_name::text AS table_name, columns.column_name::text AS column_name, \
    columns.data_type::text AS type_name FROM information_schema.columns JOIN information_schema.tables \
    ON tables.table_schema = columns.table_schema AND tables.table_name = columns.table_name \
    WHERE columns.table_schema = current_schema() AND tables.table_type = 'BASE TABLE' \
    ORDER BY columns.table_name, columns.ordinal_position";
const SQLITE_ARROWS: &str = "SELECT tables.name AS child, arrows.\"table\" AS parent FROM sqlite_master tables \
    JOIN pragma_foreign_key_list(tables.name) arrows WHERE tables.type = 'table'";
const POSTGRES_ARROWS: &str = "SELECT child.relname::text AS child, parent.relname::text AS parent FROM pg_constraint \
    JOIN pg_class child ON child.oid = pg_constraint.conrelid JOIN pg_class parent ON parent.oid = pg_constraint.confrelid \
    WHERE pg_constraint.contype = 'f' AND child.relnamespace = current_schema()::regnamespace";

fn by<'a>(tx: &DatabaseTransaction, sqlite: &'a str, postgres: &'a str) -> &'a str {
    match tx.get_database_backend() {
        DbBackend::Postgres => postgres,
        _ => sqlite,
    }
}

/// The tables, those that are pointed at before those that point; the migrations' own left out.
pub(super) async fn tables(tx: &DatabaseTransaction) -> Result<Vec<Table>, StoreError> {
    let columns: Vec<ColumnRow> = all(tx, by(tx, SQLITE_COLUMNS, POSTGRES_COLUMNS), vec![]).await?;
    let mut tables: BTreeMap<String, Vec<(String, Shape)>> = BTreeMap::new();
    for row in columns {
        let shape = match row.type_name.as_str() {
            "uuid_text" | "uuid" => Shape::Uuid,
            "blob" | "bytea" => Shape::Bytes,
            "jsonb_text" | "json_text" | "jsonb" | "json" => Shape::Json,
            _ => Shape::Plain,
        };
        let columns = tables.entry(row.table_name).or_default();
        columns.push((row.column_name, shape));
    }
    tables.remove(MIGRATIONS);
    let arrows: Vec<ArrowRow> = all(tx, by(tx, SQLITE_ARROWS, POSTGRES_ARROWS), vec![]).await?;
    let mut points_at: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for ArrowRow { child, parent } in arrows {
        if child != parent {
            points_at.entry(child).or_default().insert(parent);
        }
    }
    let mut ordered = Vec::with_capacity(tables.len());
    let mut done = BTreeSet::new();
    while !tables.is_empty() {
        let ready = |name: &&String| points_at.get(*name).is_none_or(|at| at.is_subset(&done));
        // Tables that point at each other in a ring have no order; there are none, and any will do.
        let next = tables.keys().find(ready).or_else(|| tables.keys().next());
        let Some((name, columns)) = next.cloned().and_then(|name| tables.remove_entry(&name))
        else {
            break;
        };
        done.insert(name.clone());
        ordered.push(Table { name, columns });
    }
    Ok(ordered)
}

/// The names of the migrations that were applied, in order; none for an empty database.
pub(super) async fn migrations(tx: &DatabaseTransaction) -> Result<Vec<String>, StoreError> {
    let there = by(
        tx,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'seaql_migrations'",
        "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = current_schema() \
         AND table_name = 'seaql_migrations'",
    );
    let there: Vec<Name> = all(tx, there, vec![]).await?;
    if there.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT version AS name FROM seaql_migrations ORDER BY version";
    let names: Vec<Name> = all(tx, sql, vec![]).await?;
    Ok(names.into_iter().map(|row| row.name).collect())
}

/// Whose database it is, of whatever release.
pub(super) async fn installation(tx: &DatabaseTransaction) -> Result<InstallationId, StoreError> {
    #[derive(FromQueryResult)]
    struct Id {
        id: InstallationId,
    }
    let rows: Vec<Id> = all(tx, "SELECT id FROM installation", vec![]).await?;
    let row = rows.into_iter().next().ok_or(StoreError::NotFound)?;
    Ok(row.id)
}

/// When the database is to see whether everything that is pointed at is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pointing {
    /// Once everything is in its place.
    CheckedLater,
    /// With every statement, as always.
    CheckedAtOnce,
}

/// Rows come in the order of the database that they were read from, which may be another engine's.
pub(super) async fn point(tx: &DatabaseTransaction, pointing: Pointing) -> Result<(), StoreError> {
    if tx.get_database_backend() != DbBackend::Postgres {
        // It ends with the transaction, whose commit checks.
        return match pointing {
            Pointing::CheckedLater => run(tx, "PRAGMA defer_foreign_keys = ON".to_owned()).await,
            Pointing::CheckedAtOnce => Ok(()),
        };
    }
    if pointing == Pointing::CheckedAtOnce {
        run(tx, "SET CONSTRAINTS ALL IMMEDIATE".to_owned()).await?;
    }
    let how = match pointing {
        Pointing::CheckedLater => "DEFERRABLE INITIALLY DEFERRED",
        Pointing::CheckedAtOnce => "NOT DEFERRABLE",
    };
    let sql = "SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I ', conrelid::regclass, conname) AS name \
        FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname";
    let constraints: Vec<Name> = all(tx, sql, vec![]).await?;
    for constraint in constraints {
        run(tx, format!("{}{how}", constraint.name)).await?;
    }
    Ok(())
}

/// Removes every table, and on PostgreSQL the functions of triggers.
pub(super) async fn clear(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    if tx.get_database_backend() == DbBackend::Sqlite {
        point(tx, Pointing::CheckedLater).await?;
    }
    let tables = tables(tx).await?;
    for table in tables.iter().rev() {
        run(
            tx,
            format!(
                "DROP TABLE {}{}",
                quoted(&table.name),
                by(tx, "", " CASCADE")
            ),
        )
        .await?;
    }
    run(tx, format!("DROP TABLE IF EXISTS {MIGRATIONS}")).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // Those of extensions are not ours.
        let sql = "SELECT pg_proc.oid::regprocedure::text AS name FROM pg_proc \
            WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype \
            AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE pg_depend.objid = pg_proc.oid AND pg_depend.deptype = 'e')";
        let functions: Vec<Name> = all(tx, sql, vec![]).await?;
        for function in functions {
            run(tx, format!("DROP FUNCTION {}", function.name)).await?;
        }
    }
    Ok(())
}

pub(super) async fn run(tx: &DatabaseTransaction, sql: String) -> Result<(), StoreError> {
    tx.execute_unprepared(&sql).await?;
    Ok(())
}

/// A name of the database itself, never of a caller.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    /// The statement that tells every row as one line of JSON.
    pub(super) fn told_by(&self, backend: DbBackend) -> String {
        let name = quoted(&self.name);
        if backend == DbBackend::Postgres {
            return format!("SELECT row_to_json(told)::text AS line FROM {name} told");
        }
        let column = |(column, shape): &(String, Shape)| {
            let value = quoted(column);
            let told = match shape {
                Shape::Plain => value,
                Shape::Json => format!("json({value})"),
                Shape::Bytes => {
                    format!("CASE WHEN {value} IS NOT NULL THEN '\\x' || lower(hex({value})) END")
                }
                Shape::Uuid => {
                    let part = |from: u8, length: u8| {
                        format!("substr(lower(hex({value})), {from}, {length})")
                    };
                    let parts = [
                        part(1, 8),
                        part(9, 4),
                        part(13, 4),
                        part(17, 4),
                        part(21, 12),
                    ];
                    let joined = parts.join(" || '-' || ");
                    format!("CASE typeof({value}) WHEN 'blob' THEN {joined} ELSE {value} END")
                }
            };
            format!("'{}', {told}", column.replace('\'', "''"))
        };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        let columns = columns.join(", ");
        format!("SELECT json_object({columns}) AS line FROM {name}")
    }

    /// The statement that inserts an array of such lines, its one parameter.
    pub(super) fn taken_by(&self, backend: DbBackend, rows: String) -> Statement {
        let name = quoted(&self.name);
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        let names = names.join(", ");
        let sql = if backend == DbBackend::Postgres {
            format!(
                "INSERT INTO {name} ({names}) SELECT {names} FROM json_populate_recordset(NULL::{name}, $1::json)"
            )
        } else {
            let column = |(column, shape): &(String, Shape)| {
                let path = format!("'$.\"{}\"'", column.replace('\'', "''"));
                let value = format!("json_extract(value, {path})");
                match shape {
                    Shape::Plain => value,
                    Shape::Uuid => format!("unhex(replace({value}, '-', ''))"),
                    Shape::Bytes => format!("unhex(substr({value}, 3))"),
                    Shape::Json => {
                        format!(
                            "CASE WHEN json_type(value, {path}) <> 'null' THEN value -> {path} END"
                        )
                    }
                }
            };
            let values: Vec<String> = self.columns.iter().map(column).collect();
            let values = values.join(", ");
            format!("INSERT INTO {name} ({names}) SELECT {values} FROM json_each($1)")
        };
        Statement::from_sql_and_values(backend, sql, [rows.into()])
    }
}
