//! Markdown: one table, for a comment below a pull request.

use anyhow::Result;

use crate::output::line;

use super::{Report, one_line};

pub(super) fn print(report: &Report) -> Result<()> {
    line(&format!("{}\n", report.summary()))?;
    if report.found.is_empty() {
        return Ok(());
    }
    line("| level | place | rule | what |\n| --- | --- | --- | --- |")?;
    report.found.iter().try_for_each(|found| {
        let operation = found.operation.as_deref().unwrap_or_default();
        let message = match operation {
            "" => found.message.clone(),
            operation => format!("`{operation}`: {}", found.message),
        };
        let (place, message) = (cell(&found.place()), cell(&message));
        let (level, rule) = (found.level.word(), cell(&found.rule));
        line(&format!("| {level} | {place} | `{rule}` | {message} |"))
    })
}

/// A text in a cell: on one line, without what would end the cell or begin a tag.
fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|").replace('<', "&lt;")
}
