//! `gatewright contract …`: OpenAPI documents, without an installation.

mod changelog;
mod compare;
mod diff;
mod ignored;
mod lint;
mod operations;
mod source;
mod validate;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::{
    output::Printer,
    reported::{Form, Report},
    say, system,
};

/// OpenAPI documents, without an installation
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with documents and what would keep them from being taken
    Validate(validate::Arguments),
    /// Hold documents against rulesets in Spectral's format
    Lint(lint::Arguments),
    /// Say what changed between two documents, and what of it breaks callers
    Diff(diff::Arguments),
    /// Write what changed between two documents, grouped by operation, for those who call the API
    Changelog(changelog::Arguments),
    /// List what documents offer, and the scopes that each operation requires
    Operations(operations::Arguments),
}

/// Runs one of them.
pub(crate) fn run(command: Command, printer: Printer) -> Result<ExitCode> {
    system::take_small_pages();
    match command {
        Command::Validate(arguments) => validate::run(&arguments, printer),
        Command::Lint(arguments) => lint::run(&arguments, printer),
        Command::Diff(arguments) => diff::run(&arguments, printer),
        Command::Changelog(arguments) => changelog::run(&arguments, printer),
        Command::Operations(arguments) => operations::run(&arguments, printer),
    }
}

/// Prints a report, says how much it is, and ends as it asks for.
fn conclude(report: &Report, form: Option<Form>, printer: Printer) -> Result<ExitCode> {
    report.print(Form::or_of(form, printer), printer)?;
    say!("{}", report.summary());
    Ok(report.exit())
}
