//! For people: place, gravity, rule and message, and below them what is written there. Colours reach terminals only.

use anyhow::Result;
use clap::builder::styling::{AnsiColor, Effects, Style};

use crate::output::line;

use super::{Gravity, Report, Reported, one_line};

pub(super) fn print(report: &Report) -> Result<()> {
    report
        .found
        .iter()
        .try_for_each(|found| line(&paragraph(report, found)))
}

fn paragraph(report: &Report, found: &Reported) -> String {
    let bold = Style::new().effects(Effects::BOLD);
    let dim = Style::new().effects(Effects::DIMMED);
    let gravity = style(found.level);
    let place = one_line(&found.place());
    let (level, rule) = (found.level.word(), &found.rule);
    let mut text = format!("{bold}{place}{bold:#} {gravity}{level}{gravity:#} {dim}{rule}{dim:#}");
    if let Some(operation) = &found.operation {
        text += &format!(" {}", one_line(operation));
    }
    text += &format!("\n  {}", one_line(&found.message));
    let (Some(number), Some(column)) = (found.line, found.column) else {
        return text;
    };
    let source = report.source(&found.file);
    if let Some(excerpt) = source.and_then(|source| source.excerpt(number, column)) {
        let number = number.to_string();
        let (margin, indent) = (" ".repeat(number.len()), " ".repeat(excerpt.before));
        let shown = &excerpt.text;
        text += &format!("\n  {dim}{number} |{dim:#} {shown}");
        text += &format!("\n  {dim}{margin} |{dim:#} {indent}{gravity}^{gravity:#}");
    }
    text
}

fn style(gravity: Gravity) -> Style {
    let colour = match gravity {
        Gravity::Error => AnsiColor::Red,
        Gravity::Warning => AnsiColor::Yellow,
        Gravity::Info => AnsiColor::Cyan,
        Gravity::Hint => AnsiColor::Blue,
    };
    colour.on_default().effects(Effects::BOLD)
}
