//! The report of a scan, in three forms. No secret is in any of them.

use anyhow::Result;
use serde::Serialize;

use super::{
    Form,
    finding::{Finding, Revocation},
    reading::Looked,
    sarif,
};
use crate::{
    output::{Format, Printer, line},
    say,
};

/// The report as JSON.
#[derive(Serialize)]
struct Report<'a> {
    files: u64,
    bytes: u64,
    findings: &'a [Finding],
    archives: &'a [String],
    unread: &'a [String],
}

/// Prints what was found.
pub(super) fn print(looked: &Looked, form: Option<Form>, printer: Printer) -> Result<()> {
    let form = form.unwrap_or(match printer.format {
        Format::Table => Form::Text,
        Format::Json => Form::Json,
    });
    match form {
        Form::Sarif => printer.json(&sarif::log(&looked.findings)),
        Form::Json => printer.json(&Report {
            files: looked.files,
            bytes: looked.bytes,
            findings: &looked.findings,
            archives: &looked.archives,
            unread: &looked.unread,
        }),
        Form::Text => {
            for finding in &looked.findings {
                if printer.quiet {
                    line(&place(finding))?;
                } else {
                    line(&sentence(finding))?;
                }
            }
            for archive in &looked.archives {
                say!("Not opened: {archive} is an archive.");
            }
            Ok(())
        }
    }
}

/// `file:line:column`, which editors jump to.
fn place(finding: &Finding) -> String {
    let at = finding.at;
    format!("{}:{}:{}", finding.file, at.line, at.column)
}

/// What was found, in one line.
pub(super) fn sentence(finding: &Finding) -> String {
    format!("{}: {}", place(finding), message(finding))
}

/// The same without its place.
pub(super) fn message(finding: &Finding) -> String {
    let (kind, hint, status) = (finding.kind.words(), &finding.hint, finding.status.word());
    let holder = finding.holder.as_ref();
    let holder = holder.map_or_else(String::new, |holder| format!(", {holder}"));
    let until = finding.until;
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    let next = match &finding.revocation {
        Some(Revocation::Revoked) => "revoked just now".to_owned(),
        Some(Revocation::Failed { because }) => format!("could not be revoked: {because}"),
        None => finding.advice.clone(),
    };
    format!("{kind} {hint}{holder}; {status}{until}; {next}")
}
