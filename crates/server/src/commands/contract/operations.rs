//! `gatewright contract operations`: what documents offer.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Args, ValueEnum};
use gatewright_contract::examine;
use gatewright_domain::operation::Operation;
use serde::Serialize;

use super::{conclude, source};
use crate::{
    output::{Format, Printer, line},
    reported::{FailOn, Report},
    say,
};

/// List what documents offer, and the scopes that each operation requires
#[derive(Debug, Args)]
#[command(after_help = "\
Scopes are those of the document; on the wire, in a token, each is written with its API and version, such as orders:v1:read.

Examples:
  gatewright contract operations openapi.yaml
  gatewright contract operations --format jsonl openapi.yaml | grep '\"deprecated\":true'

Exit codes: 0 done, 10 a document has errors, 1 a file could not be read, 2 usage.")]
pub(crate) struct Arguments {
    /// OpenAPI documents, JSON or YAML; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The form of the list
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Shape>,
}

/// The form of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// Columns for people
    Text,
    /// One JSON value
    Json,
    /// One JSON object on each line
    Jsonl,
    /// A table in Markdown
    Markdown,
}

/// An operation of one of several files.
#[derive(Serialize)]
struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(flatten)]
    operation: Operation,
}

pub(super) fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode> {
    source::are_readable(&arguments.files)?;
    let mut report = Report::new("gatewright contract operations", FailOn::Error);
    let mut listed = Vec::new();
    for path in &arguments.files {
        let file = path.display().to_string();
        let bytes = source::read(path)?;
        match examine(&bytes, &source::BUDGETS) {
            Ok(examined) => {
                let file = (arguments.files.len() > 1).then_some(file);
                let of = |operation| Listed {
                    file: file.clone(),
                    operation,
                };
                listed.extend(examined.operations.into_iter().map(of));
            }
            Err(findings) => {
                let found = findings.as_slice().iter();
                report
                    .found
                    .extend(found.map(|finding| source::reported(&file, finding)));
                report.looked_at(&file, bytes);
                say!("{file} would not be taken.");
            }
        }
    }
    if report.fails() {
        return conclude(&report, None, printer);
    }
    let shape = arguments.format.unwrap_or(match printer.format {
        Format::Table => Shape::Text,
        Format::Json => Shape::Json,
    });
    print(&listed, shape, printer)?;
    Ok(ExitCode::SUCCESS)
}

fn print(listed: &[Listed], shape: Shape, printer: Printer) -> Result<()> {
    match shape {
        Shape::Json => printer.json(&listed),
        Shape::Jsonl => listed
            .iter()
            .try_for_each(|listed| line(&serde_json::to_string(listed)?)),
        Shape::Text => {
            let heads = ["method", "path", "requires", "summary"];
            let rows = listed.iter().map(row).collect();
            let table = Printer {
                format: Format::Table,
                ..printer
            };
            table.rows(&listed, &heads, rows)
        }
        Shape::Markdown => {
            line("| method | path | requires | summary |\n| --- | --- | --- | --- |")?;
            listed.iter().try_for_each(|listed| {
                let cells = row(listed).into_iter().map(|cell| cell.replace('|', "\\|"));
                line(&format!("| {} |", cells.collect::<Vec<_>>().join(" | ")))
            })
        }
    }
}

fn row(listed: &Listed) -> Vec<String> {
    let operation = &listed.operation;
    let alternatives = operation.requires.alternatives().iter().map(|set| {
        let scopes: Vec<&str> = set.iter().map(AsRef::as_ref).collect();
        scopes.join(" ")
    });
    let path = match &listed.file {
        Some(file) => format!("{file}: {}", operation.path),
        None => operation.path.clone(),
    };
    vec![
        operation.method.to_string(),
        path,
        alternatives.collect::<Vec<_>>().join(" or "),
        operation.summary.clone().unwrap_or_default(),
    ]
}
