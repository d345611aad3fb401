//! What was found in files, in every form in which it is told: one shape for findings of any kind, one file for each form.

mod github;
mod junit;
mod markdown;
pub(crate) mod sarif;
mod text;

use std::{collections::BTreeMap, process::ExitCode};

use anyhow::Result;
use clap::ValueEnum;
use gatewright_contract::Source;
use serde::Serialize;

use crate::{
    failure::Code,
    output::{Format, Printer, line},
};

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Lines for people, with what is written there
    Text,
    /// One JSON value
    Json,
    /// One JSON object on each line
    Jsonl,
    /// Markdown, for a comment
    Markdown,
    /// JUnit's XML, which build servers show as tests
    Junit,
    /// SARIF 2.1.0, which code hosts and editors show beside the code
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl Form {
    /// The form that was asked for; what the program prints at all times when none was.
    pub(crate) fn or_of(form: Option<Self>, printer: Printer) -> Self {
        form.unwrap_or(match printer.format {
            Format::Table => Self::Text,
            Format::Json => Self::Json,
        })
    }
}

/// How grave something is, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gravity {
    /// A matter of taste.
    Hint,
    /// Good to know.
    Info,
    /// It should be mended.
    Warning,
    /// It must be mended.
    Error,
}

impl Gravity {
    const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Hint];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// From where on a finding makes a command end with 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What must be mended
    Error,
    /// What should be mended, too
    Warn,
    /// What is good to know, too
    Info,
    /// Anything
    Hint,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether something of this gravity is enough.
    pub(crate) const fn is_met_by(self, gravity: Gravity) -> bool {
        match self {
            Self::Error => matches!(gravity, Gravity::Error),
            Self::Warn => matches!(gravity, Gravity::Error | Gravity::Warning),
            Self::Info => !matches!(gravity, Gravity::Hint),
            Self::Hint => true,
            Self::Never => false,
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Reported {
    /// The file, as it was named.
    pub(crate) file: String,
    /// From 1; nothing where there is no place in the text.
    pub(crate) line: Option<u32>,
    /// In characters, from 1.
    pub(crate) column: Option<u32>,
    pub(crate) level: Gravity,
    /// The name of the rule.
    pub(crate) rule: String,
    pub(crate) message: String,
    /// The JSON pointer of the place.
    pub(crate) pointer: String,
    /// The operation it is about, for instance `GET /orders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
}

impl Reported {
    /// `file:line:column`, which editors jump to.
    fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            (Some(line), None) => format!("{}:{line}", self.file),
            (None, _) => self.file.clone(),
        }
    }
}

/// Everything that a command has found.
#[derive(Debug)]
pub(crate) struct Report {
    /// The command, for instance `gatewright contract validate`.
    pub(crate) tool: &'static str,
    pub(crate) fail_on: FailOn,
    pub(crate) found: Vec<Reported>,
    /// The files looked at, found in or not.
    files: BTreeMap<String, Source>,
}

impl Report {
    pub(crate) fn new(tool: &'static str, fail_on: FailOn) -> Self {
        Self {
            tool,
            fail_on,
            found: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// Takes in a file that was looked at, so that what is written there can be shown.
    pub(crate) fn looked_at(&mut self, file: &str, bytes: Vec<u8>) {
        self.files.insert(file.to_owned(), Source::new(bytes));
    }

    /// Whether anything found is grave enough for the command to end with 10.
    pub(crate) fn fails(&self) -> bool {
        self.found.iter().any(|it| self.fail_on.is_met_by(it.level))
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> ExitCode {
        if self.fails() {
            Code::Findings.number().into()
        } else {
            ExitCode::SUCCESS
        }
    }

    /// Prints it.
    pub(crate) fn print(&self, form: Form, printer: Printer) -> Result<()> {
        match form {
            Form::Text if printer.quiet => {
                let mut places = self.found.iter().map(Reported::place);
                places.try_for_each(|place| line(&place))
            }
            Form::Text => text::print(self),
            Form::Json => printer.json(&self.found),
            Form::Jsonl => self
                .found
                .iter()
                .try_for_each(|found| line(&serde_json::to_string(found)?)),
            Form::Markdown => markdown::print(self),
            Form::Junit => junit::print(self),
            Form::Sarif => printer.json(&sarif::of_report(self)),
            Form::Github => github::print(self),
        }
    }

    /// How much was found, in words.
    pub(crate) fn summary(&self) -> String {
        let counts = Gravity::ALL.map(|gravity| {
            let count = self.found.iter().filter(|it| it.level == gravity).count();
            (count > 0).then(|| match gravity {
                Gravity::Info => format!("{count} of info"),
                _ => counted(count, gravity.word()),
            })
        });
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        let files = counted(self.files.len(), "file");
        if counts.is_empty() {
            return format!("Nothing found in {files}.");
        }
        format!("{} in {files}.", counts.join(", "))
    }

    fn source(&self, file: &str) -> Option<&Source> {
        self.files.get(file)
    }
}

/// A number of things.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

/// A text on one line: what breaks lines, and what terminals would obey, becomes a space.
fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect()
}
