//! What commands print: data to standard output, prose to standard error, nothing twice.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// The form of what goes to standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON value for programs.
    Json,
}

/// How a command prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    pub(crate) format: Format,
    /// Print the bare value only.
    pub(crate) quiet: bool,
}

/// Says something to people, on standard error. A closed standard error is no reason to stop.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stderr(), $($words)*);
    }};
}

impl Printer {
    /// Prints rows of texts: a table with these heads, or the value itself as JSON; only the first column when quiet.
    pub(crate) fn rows<T: Serialize>(
        self,
        value: &T,
        heads: &[&str],
        rows: Vec<Vec<String>>,
    ) -> Result<()> {
        if self.quiet {
            let mut firsts = rows.iter().filter_map(|row| row.first());
            return firsts.try_for_each(|first| line(first));
        }
        match self.format {
            Format::Json => self.json(value),
            Format::Table => {
                let mut table = Table::new();
                table
                    .load_style(presets::NOTHING)
                    .set_content_arrangement(ContentArrangement::Disabled)
                    .set_header(heads.iter().map(|head| head.to_uppercase()));
                table.add_rows(rows);
                // Every cell is padded on both sides; at the start of a line that is only in the way.
                let lines = table.trim_fmt();
                lines
                    .lines()
                    .try_for_each(|row| line(row.strip_prefix(' ').unwrap_or(row)))
            }
        }
    }

    /// Prints one thing: its facts line by line, or the value itself as JSON; only the bare value when quiet.
    pub(crate) fn one<T: Serialize>(
        self,
        value: &T,
        bare: &str,
        facts: &[(&str, String)],
    ) -> Result<()> {
        if self.quiet {
            return line(bare);
        }
        match self.format {
            Format::Json => self.json(value),
            Format::Table => {
                let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
                let lines = facts
                    .iter()
                    .map(|(name, fact)| line(&format!("{name:width$}  {fact}")));
                lines.collect()
            }
        }
    }

    /// Prints a value as JSON.
    pub(crate) fn json<T: Serialize>(self, value: &T) -> Result<()> {
        line(&serde_json::to_string_pretty(value)?)
    }
}

/// Prints one line to standard output.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = anstream::stdout();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}
