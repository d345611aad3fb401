//! `gatewright contract lint`: documents held against rulesets in Spectral's format.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::Args;
use gatewright_contract::{
    LintBudgets, LintFinding, Ruleset, RulesetError, Severity, lint_within, read,
};

use super::{conclude, ignored::Ignored, source};
use crate::{
    failure::{Code, Failure, unreadable},
    output::Printer,
    reported::{FailOn, Form, Gravity, Report, Reported},
    say,
};

/// Hold documents against rulesets in Spectral's format
#[derive(Debug, Args)]
#[command(after_help = "\
A ruleset is spectral:oas, owasp, or a file in Spectral's format, which may extend those and other files beside it. Nothing is
fetched, and nothing in a ruleset is run as a program: what cannot be run here is said.

A file for --ignore has one rule on each line, and after it, if only a part of the document is meant, the JSON pointer of that
part; what follows # is a remark:
  operation-tags
  operation-description /paths/~1status   # for machines only

Examples:
  gatewright contract lint openapi.yaml
  gatewright contract lint --ruleset owasp --fail-on warn openapi.yaml
  gatewright contract lint --ruleset .spectral.yaml --ruleset owasp --format junit apis/*.yaml > lint.xml

Exit codes: 0 nothing at or above --fail-on was found, 10 something was, 1 a file could not be read, 2 usage.")]
pub(crate) struct Arguments {
    /// OpenAPI documents, JSON or YAML; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// spectral:oas, owasp, or a file; several are held against one after another
    #[arg(
        long = "ruleset",
        value_name = "FILE|NAME",
        default_value = "spectral:oas"
    )]
    rulesets: Vec<String>,
    /// What is known and not told
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// End with 10 from this level on
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
}

pub(super) fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode> {
    source::are_readable(&arguments.files)?;
    let ignored = Ignored::of(arguments.ignore.as_deref())?;
    let mut rulesets = Vec::new();
    for name in &arguments.rulesets {
        let ruleset = ruleset(name)?;
        for unsupported in ruleset.unsupported() {
            say!("{name}: {unsupported}");
        }
        rulesets.push(ruleset);
    }
    let mut report = Report::new("gatewright contract lint", arguments.fail_on);
    for path in &arguments.files {
        let file = path.display().to_string();
        let bytes = source::read(path)?;
        lint_file(&mut report, (&file, &bytes), &rulesets, &ignored);
        report.looked_at(&file, bytes);
    }
    ignored.say_what_was_not_there();
    conclude(&report, arguments.format, printer)
}

fn lint_file(
    report: &mut Report,
    (file, bytes): (&str, &[u8]),
    rulesets: &[Ruleset],
    ignored: &Ignored,
) {
    let document = match read(bytes, &source::BUDGETS) {
        Ok(document) => document,
        Err(findings) => {
            let found = findings.as_slice().iter();
            let found = found.map(|finding| source::reported(file, finding));
            report.found.extend(found);
            return;
        }
    };
    for ruleset in rulesets {
        let linted = lint_within(&document, &ruleset.for_file(file), &budgets());
        let told = linted
            .findings
            .iter()
            .filter(|finding| !ignored.holds(&finding.rule, &finding.pointer));
        report
            .found
            .extend(told.map(|finding| reported(file, finding)));
    }
}

/// What linting may cost: as with documents, it is the caller's own machine.
fn budgets() -> LintBudgets {
    LintBudgets {
        steps: 5_000_000_000,
        ..LintBudgets::default()
    }
}

/// A ruleset by its name or file. What it extends is looked for beside it.
fn ruleset(name: &str) -> Result<Ruleset> {
    match name {
        "spectral:oas" | "oas" => return Ok(Ruleset::oas()),
        "spectral:owasp" | "owasp" => return Ok(Ruleset::owasp()),
        _ => {}
    }
    let what = format!("the ruleset {name}, which is spectral:oas, owasp or a file");
    let text = fs::read_to_string(name).map_err(unreadable(what))?;
    let beside = Path::new(name).parent().unwrap_or(Path::new("."));
    let extended = |other: &str| fs::read_to_string(beside.join(other)).ok();
    Ruleset::read(&text, &extended)
        .map_err(|error: RulesetError| Failure::new(Code::Usage, format!("{name}: {error}")).into())
}

fn reported(file: &str, finding: &LintFinding) -> Reported {
    let level = match finding.severity {
        Severity::Error => Gravity::Error,
        Severity::Warn => Gravity::Warning,
        Severity::Info => Gravity::Info,
        Severity::Hint => Gravity::Hint,
    };
    Reported {
        file: file.to_owned(),
        line: Some(finding.line),
        column: Some(finding.column),
        level,
        rule: finding.rule.clone(),
        message: finding.message.clone(),
        pointer: finding.pointer.clone(),
        operation: None,
    }
}
