//! `gatewright contract changelog`: what changed between two documents, as its readers want to be told.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use gatewright_contract::{Bump, Change, Group, Level};

use super::{
    compare::{Compared, Pair},
    conclude,
};
use crate::{
    output::{Format, Printer, line},
    reported::{FailOn, Form, Report},
    say,
};

/// Write what changed between two documents, grouped by operation, for those who call the API
#[derive(Debug, Args)]
#[command(after_help = "\
The version that is suggested follows semantic versioning: a change that breaks callers, or may, raises the first number, any
other the second. Below 1.0.0, where anything may change, it is one number further to the right.

Examples:
  gatewright contract changelog released.yaml openapi.yaml > CHANGES.md
  gatewright contract changelog --suggest-version released.yaml openapi.yaml

Exit codes: 0 done, 10 a change at or above --fail-on or a document with errors, 1 a file could not be read, 2 usage.")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pair: Pair,
    /// The form of the changelog; Markdown if left out
    #[arg(long, value_enum, value_name = "FORM")]
    format: Option<Form>,
    /// Say which version the document should have now
    #[arg(long)]
    suggest_version: bool,
    /// End with 10 from this level on
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "never")]
    fail_on: FailOn,
}

pub(super) fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode> {
    let mut report = Report::new("gatewright contract changelog", arguments.fail_on);
    let texts = arguments.pair.read()?;
    let Some(compared) = arguments.pair.compare(&texts, &mut report)? else {
        report.fail_on = FailOn::Error;
        texts.into(&mut report);
        return conclude(&report, arguments.format, printer);
    };
    texts.into(&mut report);
    compared.say_what_is_not_told();
    let version = arguments.suggest_version.then(|| suggested(&compared));
    let form = arguments.format.or(match printer.format {
        Format::Table => None,
        Format::Json => Some(Form::Json),
    });
    if form.is_some_and(|form| form != Form::Markdown) {
        if let Some(version) = &version {
            say!("The version should be {version}.");
        }
        return conclude(&report, form, printer);
    }
    print(&compared, version.as_deref())?;
    Ok(report.exit())
}

/// The changelog in Markdown.
fn print(compared: &Compared, version: Option<&str>) -> Result<()> {
    let heading = version.map_or_else(
        || "Changes".to_owned(),
        |version| format!("Changes in {version}"),
    );
    line(&format!("# {}", text(&heading)))?;
    let groups = compared.changes.changelog();
    if groups.is_empty() {
        line("\nNothing changed that a caller could see.")?;
    }
    for (group, changes) in groups {
        line(&format!("\n## {}\n", text(&title(&group))))?;
        for change in changes {
            line(&format!("- {}{}", weight(change), text(&change.text)))?;
        }
    }
    Ok(())
}

fn title(group: &Group<'_>) -> String {
    match (group.method, group.path) {
        (Some(method), Some(path)) => format!("{method} {path}"),
        (None, Some(path)) => path.to_owned(),
        (_, None) => match group.section.as_str() {
            "components" => "Components".to_owned(),
            "security" => "Security".to_owned(),
            "info" => "The document".to_owned(),
            other => other.to_owned(),
        },
    }
}

const fn weight(change: &Change) -> &'static str {
    match change.level {
        Level::Error => "**Breaking:** ",
        Level::Warning => "**May break:** ",
        Level::Info => "",
    }
}

/// A text of a document in Markdown: on one line, and no tag.
fn text(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = text.chars().map(plain).collect();
    line.replace('<', "&lt;")
}

/// The version after the base's, by semantic versioning; only what to raise when the base's is no such version.
fn suggested(compared: &Compared) -> String {
    let Compared { changes, version } = compared;
    let numbers: Vec<&str> = version.trim_start_matches('v').splitn(3, '.').collect();
    let parsed = |position: usize| {
        let digits = numbers.get(position)?;
        let digits = digits.split(['-', '+']).next()?;
        digits.parse::<u64>().ok()
    };
    let Some((major, minor)) = parsed(0).zip(parsed(1)) else {
        return format!("a {} version after {version}", changes.bump.as_str());
    };
    let patch = parsed(2).unwrap_or_default();
    let (first, second, third) = match (changes.bump, major) {
        (Bump::Major, 1..) => (major + 1, 0, 0),
        (Bump::Major, 0) | (Bump::Minor, 1..) => (major, minor + 1, 0),
        (Bump::Minor, 0) | (Bump::Patch, _) => (major, minor, patch + 1),
    };
    format!("{first}.{second}.{third}")
}

#[cfg(test)]
mod tests {
    use gatewright_contract::Changes;

    use super::*;

    fn after(version: &str, bump: Bump) -> String {
        suggested(&Compared {
            changes: Changes {
                bump,
                ..Changes::default()
            },
            version: version.to_owned(),
        })
    }

    #[test]
    fn the_version_follows_what_changed() {
        assert_eq!(after("1.4.2", Bump::Major), "2.0.0");
        assert_eq!(after("1.4.2", Bump::Minor), "1.5.0");
        assert_eq!(after("v1.4", Bump::Patch), "1.4.1");
        assert_eq!(after("0.4.2-rc.1", Bump::Major), "0.5.0");
        assert_eq!(after("0.4.2", Bump::Minor), "0.4.3");
        assert_eq!(
            after("2026-01-31", Bump::Major),
            "a major version after 2026-01-31"
        );
    }
}
