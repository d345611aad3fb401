//! Log lines, to standard error: for people on a terminal, for machines elsewhere.

use std::io::{IsTerminal, stderr};

use anyhow::Result;
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Settings, refuse};

/// What libraries say at a level where it is news to nobody; a filter in the settings comes later and wins.
const QUIET: &str = "sea_orm=error,sea_orm_migration=error,sqlx=warn,actix_server=warn";

/// Begins to log.
pub(crate) fn begin(settings: &Settings) -> Result<()> {
    let level = &settings.log_level;
    let filter = EnvFilter::try_new(format!("{QUIET},{level}"))
        .map_err(|error| refuse("log_level", format!("`log_level`: {error}")))?;
    let on_terminal = stderr().is_terminal();
    let format = settings.log.unwrap_or(if on_terminal {
        LogFormat::Text
    } else {
        LogFormat::Json
    });
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    let colourful = on_terminal && std::env::var_os("NO_COLOR").is_none();
    // Logging begun twice stays as it began.
    let _ = match format {
        LogFormat::Text => lines.with_target(false).with_ansi(colourful).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}
