//! `gatewright contract …`: OpenAPI documents, without an installation.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result};
use clap::Subcommand;
use gatewright_contract::{Budgets, Examined, Findings, examine};

use crate::{failure::Code, output::Printer, say};

/// OpenAPI documents, without an installation
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what would keep a document from being taken, with line and column
    #[command(after_help = "The exit code is 10 when there are errors; `-` reads standard input.")]
    Validate {
        /// An OpenAPI document (2.0, 3.0, 3.1 or 3.2), JSON or YAML
        file: PathBuf,
    },
    /// List what a document offers, and the scopes that each operation requires
    Operations {
        /// An OpenAPI document (2.0, 3.0, 3.1 or 3.2), JSON or YAML
        file: PathBuf,
    },
}

/// Runs one of them.
pub(crate) fn run(command: Command, printer: Printer) -> Result<ExitCode> {
    match command {
        Command::Validate { file } => {
            let examined = examine(&read(&file)?, &Budgets::default());
            let findings = match &examined {
                Ok(examined) => &examined.findings,
                Err(findings) => findings,
            };
            print(findings, printer)?;
            if let Ok(Examined { operations, .. }) = &examined {
                say!(
                    "{} would be taken, with {} operations.",
                    file.display(),
                    operations.len()
                );
                return Ok(ExitCode::SUCCESS);
            }
            say!("{} would not be taken.", file.display());
            Ok(ExitCode::from(Code::Findings.number()))
        }
        Command::Operations { file } => match examine(&read(&file)?, &Budgets::default()) {
            Ok(examined) => list(&examined, printer),
            Err(findings) => {
                print(&findings, printer)?;
                say!("{} would not be taken.", file.display());
                Ok(ExitCode::from(Code::Findings.number()))
            }
        },
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(file).with_context(|| format!("could not read {}", file.display()))
}

fn print(findings: &Findings, printer: Printer) -> Result<()> {
    let rows = findings.as_slice().iter().map(|finding| {
        vec![
            format!("{}:{}", finding.line, finding.column),
            finding.level.to_string(),
            finding.rule.to_string(),
            finding.message.clone(),
        ]
    });
    let heads = ["at", "level", "rule", "message"];
    printer.rows(&findings.as_slice(), &heads, rows.collect())
}

fn list(examined: &Examined, printer: Printer) -> Result<ExitCode> {
    let rows = examined.operations.iter().map(|operation| {
        let alternatives = operation.requires.alternatives().iter().map(|set| {
            let scopes: Vec<&str> = set.iter().map(AsRef::as_ref).collect();
            scopes.join(" ")
        });
        vec![
            operation.method.to_string(),
            operation.path.clone(),
            alternatives.collect::<Vec<_>>().join(" or "),
            operation.summary.clone().unwrap_or_default(),
        ]
    });
    let heads = ["method", "path", "requires", "summary"];
    printer.rows(&examined.operations, &heads, rows.collect())?;
    Ok(ExitCode::SUCCESS)
}
