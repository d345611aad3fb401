//! `gatewright contract validate`: what is wrong with documents.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Args;
use gatewright_contract::{Budgets, Document, Findings, describe, read};

use super::{conclude, source};
use crate::{
    output::Printer,
    reported::{FailOn, Form, Report, counted},
    say,
};

/// How a finding names the rule of a portal's budgets.
const SMALLER: &str = "over-budget-of-portal";

/// Say what is wrong with documents and what would keep them from being taken
#[derive(Debug, Args)]
#[command(after_help = "\
A document is held against the official schema of its edition (2.0, 3.0, 3.1 or 3.2) and the rules that schemas cannot say. An error
keeps it from being taken by a portal; a warning does not. References into other files are named and never followed.

Examples:
  gatewright contract validate openapi.yaml
  gatewright contract validate --fail-on warn apis/*.yaml
  curl https://api.example.com/openapi.json | gatewright contract validate -
  gatewright contract validate --format sarif openapi.yaml > findings.sarif

Exit codes: 0 nothing at or above --fail-on was found, 10 something was, 1 a file could not be read, 2 usage.")]
pub(crate) struct Arguments {
    /// OpenAPI documents, JSON or YAML; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// End with 10 from this level on
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
}

pub(super) fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode> {
    source::are_readable(&arguments.files)?;
    let mut report = Report::new("gatewright contract validate", arguments.fail_on);
    for path in &arguments.files {
        let file = path.display().to_string();
        let bytes = source::read(path)?;
        let (document, too_large) = read_as_a_portal_would(&bytes);
        let examined = document.and_then(|document| describe(&document, &source::BUDGETS));
        let findings = match &examined {
            Ok(examined) => &examined.findings,
            Err(findings) => findings,
        };
        let found = findings.as_slice().iter();
        report
            .found
            .extend(found.map(|finding| source::reported(&file, finding)));
        match &examined {
            Ok(examined) => {
                let operations = counted(examined.operations.len(), "operation");
                say!("{file} would be taken, with {operations}.");
                tell_too_large(&mut report, &file, &too_large);
            }
            Err(_) => say!("{file} would not be taken."),
        }
        report.looked_at(&file, bytes);
    }
    conclude(&report, arguments.format, printer)
}

/// Reads a document within the budgets of a portal, which takes documents from anybody, and only when that fails within those
/// of one's own files. Comes with what a portal would find.
fn read_as_a_portal_would(bytes: &[u8]) -> (Result<Document<'_>, Findings>, Findings) {
    match read(bytes, &Budgets::default()) {
        Ok(document) => (Ok(document), Findings::default()),
        Err(findings) => (read(bytes, &source::BUDGETS), findings),
    }
}

/// Says why a portal would not take a document that may be read here.
fn tell_too_large(report: &mut Report, file: &str, findings: &Findings) {
    for finding in findings.as_slice() {
        let mut found = source::reported(file, finding);
        found.rule = SMALLER.to_owned();
        found.level = crate::reported::Gravity::Info;
        found.message = format!("a portal does not take this: {}", found.message);
        report.found.push(found);
    }
}
