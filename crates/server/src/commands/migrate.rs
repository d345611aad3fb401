//! `gatewright migrate`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::{config::Settings, failure::Code, house::open_store, output::Printer, say};

/// Bring the database up to date
///
/// `gatewright serve` does this at its start. Run it apart when the account that serves may not change tables. On
/// PostgreSQL an advisory lock lets one process at a time do it.
#[derive(Debug, Args)]
#[command(after_help = "With --dry-run the exit code is 10 when migrations are missing.")]
pub(crate) struct Arguments {
    /// Only say which migrations are missing
    #[arg(long)]
    dry_run: bool,
}

/// Applies what is missing, or says it.
pub(crate) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    let store = open_store(settings).await?;
    let names = if arguments.dry_run {
        store.pending_migrations().await?
    } else {
        store.migrate().await?
    };
    let verb = if arguments.dry_run {
        "pending"
    } else {
        "applied"
    };
    let rows = names.iter().map(|name| vec![name.clone()]).collect();
    printer.rows(&json!({ verb: names }), &[verb], rows)?;
    store.close().await?;
    if names.is_empty() {
        say!("The database is up to date.");
    } else if arguments.dry_run {
        say!("next:  gatewright migrate");
        return Ok(ExitCode::from(Code::Findings.number()));
    }
    Ok(ExitCode::SUCCESS)
}
