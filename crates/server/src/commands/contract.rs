//! `gatewright contract …`: OpenAPI documents, without an installation.

mod operations;
mod source;
mod validate;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::{
    failure::Code,
    output::Printer,
    reported::{Form, Report},
    say,
};

/// OpenAPI documents, without an installation
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is wrong with documents and what would keep them from being taken
    Validate(validate::Arguments),
    /// List what documents offer, and the scopes that each operation requires
    Operations(operations::Arguments),
}

/// Runs one of them.
pub(crate) fn run(command: Command, printer: Printer) -> Result<ExitCode> {
    match command {
        Command::Validate(arguments) => validate::run(&arguments, printer),
        Command::Operations(arguments) => operations::run(&arguments, printer),
    }
}

/// Prints a report, says how much it is, and ends as it asks for.
fn conclude(report: &Report, form: Option<Form>, printer: Printer) -> Result<ExitCode> {
    report.print(Form::or_of(form, printer), printer)?;
    say!("{}", report.summary());
    Ok(if report.fails() {
        Code::Findings.number().into()
    } else {
        ExitCode::SUCCESS
    })
}
