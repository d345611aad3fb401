//! The history of the database: one numbered file per step, forward only, never edited once merged.
//! Forbids entities and rules: tables are named as text, so that an old step means the same for ever.
//! Start with `m0001_people`; `script` says how one text serves PostgreSQL and SQLite.

use sea_orm_migration::{
    MigrationTrait, MigratorTrait,
    async_trait::async_trait,
    sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr},
};

mod script;

mod m0001_people;
mod m0002_registry;
mod m0003_keys;
mod m0004_audit;
mod m0005_traffic;
mod m0006_secrets;
mod m0007_sign_in_links;
mod m0008_rings;
mod m0009_clients;
mod m0010_keks;
mod m0011_revocations;
mod m0012_api_keys;
mod m0013_families;
mod m0014_issuers;
mod m0015_successions;
mod m0016_staleness;
mod m0017_user_grants;
mod m0018_signers;
mod m0019_authorization_codes;
mod m0020_key_addresses;
mod m0021_status_lists;
mod m0022_registering;
mod m0023_client_certificates;
mod m0024_token_algorithms;
mod m0025_token_operations;
mod m0026_rulesets;

/// Applies what is missing, within a transaction that the caller holds alone, and says what that was.
///
/// # Errors
/// What the database says; also when it holds steps that this program does not know, being of a newer release.
pub async fn apply(transaction: &DatabaseTransaction) -> Result<Vec<String>, DbErr> {
    let missing = Steps::get_pending_migrations(transaction).await?;
    Steps::up(transaction, None).await?;
    Ok(missing.iter().map(|step| step.name().to_owned()).collect())
}

/// Applies the first so many steps, to a database that has none.
///
/// # Errors
/// What the database says.
pub async fn apply_first(transaction: &DatabaseTransaction, count: u32) -> Result<(), DbErr> {
    Steps::up(transaction, Some(count)).await
}

/// The names of all steps, in order.
#[must_use]
pub fn names() -> Vec<String> {
    let steps = Steps::migrations();
    steps.iter().map(|step| step.name().to_owned()).collect()
}

/// What is missing; changes nothing.
///
/// # Errors
/// As `apply`.
pub async fn pending(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let missing = Steps::get_pending_migrations_read_only(database).await?;
    Ok(missing.iter().map(|step| step.name().to_owned()).collect())
}

struct Steps;

#[async_trait]
impl MigratorTrait for Steps {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_people::Migration),
            Box::new(m0002_registry::Migration),
            Box::new(m0003_keys::Migration),
            Box::new(m0004_audit::Migration),
            Box::new(m0005_traffic::Migration),
            Box::new(m0006_secrets::Migration),
            Box::new(m0007_sign_in_links::Migration),
            Box::new(m0008_rings::Migration),
            Box::new(m0009_clients::Migration),
            Box::new(m0010_keks::Migration),
            Box::new(m0011_revocations::Migration),
            Box::new(m0012_api_keys::Migration),
            Box::new(m0013_families::Migration),
            Box::new(m0014_issuers::Migration),
            Box::new(m0015_successions::Migration),
            Box::new(m0016_staleness::Migration),
            Box::new(m0017_user_grants::Migration),
            Box::new(m0018_signers::Migration),
            Box::new(m0019_authorization_codes::Migration),
            Box::new(m0020_key_addresses::Migration),
            Box::new(m0021_status_lists::Migration),
            Box::new(m0022_registering::Migration),
            Box::new(m0023_client_certificates::Migration),
            Box::new(m0024_token_algorithms::Migration),
            Box::new(m0025_token_operations::Migration),
            Box::new(m0026_rulesets::Migration),
        ]
    }
}
