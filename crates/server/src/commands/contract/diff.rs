//! `gatewright contract diff`: what changed between two documents, and what of it breaks callers.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::{compare::Pair, conclude};
use crate::{
    output::Printer,
    reported::{FailOn, Form, Report},
};

/// Say what changed between two documents, and what of it breaks callers
#[derive(Debug, Args)]
#[command(after_help = "\
An error is a change that breaks callers, a warning one that may, and an info one that does not. The rules have the ids and levels of
oasdiff, so that its files for --severity-levels, --err-ignore and --warn-ignore can be used as they are.

Examples:
  gatewright contract diff released.yaml openapi.yaml
  git show main:openapi.yaml | gatewright contract diff - openapi.yaml
  gatewright contract diff --format github --fail-on warn released.yaml openapi.yaml

Exit codes: 0 no change at or above --fail-on, 10 there is one, 1 a file could not be read, 2 usage.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pair: Pair,
    /// The form of the report
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// End with 10 from this level on
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
}

pub(super) fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode> {
    let mut report = Report::new("gatewright contract diff", arguments.fail_on);
    let texts = arguments.pair.read()?;
    let compared = arguments.pair.compare(&texts, &mut report)?;
    texts.into(&mut report);
    if let Some(compared) = compared {
        compared.say_what_is_not_told();
    }
    conclude(&report, arguments.format, printer)
}
