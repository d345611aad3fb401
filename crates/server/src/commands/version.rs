//! `gatewright version`.

use anyhow::Result;
use serde_json::json;

use crate::output::{Format, Printer, line};

/// Prints the version.
pub(crate) fn run(printer: Printer) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    match (printer.format, printer.quiet) {
        (_, true) => line(version),
        (Format::Table, false) => line(&format!("gatewright {version}")),
        (Format::Json, false) => printer.json(&json!({ "version": version })),
    }
}
