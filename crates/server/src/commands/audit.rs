//! `gatewright audit …`: the trail.

use std::{process::ExitCode, time::Duration};

use anyhow::Result;
use clap::Subcommand;
use gatewright_domain::access::{Action, Caller, Subject};
use gatewright_store::{
    StoreError,
    quiet::verifications::Verification,
    views::{
        events::{EventFilter, EventRow, Order},
        page::Page,
    },
};
use serde_json::json;

use crate::{
    config::Settings,
    failure::Code,
    house::{House, existing_store},
    output::{Format, Printer, line},
    say,
};

/// The audit trail
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Recompute every hash from the first event on, and name the first one that is not as it was written
    #[command(after_help = "\
The exit code is 10 when the trail is not sound. Keep the printed size and root somewhere else: later they show that
nothing was taken away.")]
    Verify,
    /// Show the latest events
    Tail {
        /// How many, at most 100
        #[arg(long, short = 'n', default_value_t = 20)]
        limit: u32,
        /// Go on showing events as they are written
        #[arg(long, short)]
        follow: bool,
    },
}

/// Runs one of them.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    printer: Printer,
) -> Result<ExitCode> {
    match command {
        Command::Verify => verify(settings, printer).await,
        Command::Tail { limit, follow } => {
            let house = House::for_command(settings).await?;
            tail(&house, limit, follow, printer).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(settings: &Settings, printer: Printer) -> Result<ExitCode> {
    let store = existing_store(settings).await?;
    let verdict = store.reader().verify().await?;
    let first_bad = verdict.first_bad.as_ref();
    let root = verdict.root.to_string();
    let mark = Verification {
        at: gatewright_domain::time::Clock::now(&crate::system::SystemClock),
        size: verdict.size,
        root: verdict.root.as_bytes().to_vec(),
        first_bad: first_bad.and_then(|bad| u64::try_from(bad.seq).ok()),
    };
    store.keep_verification(mark).await?;
    let value = json!({
        "valid": verdict.is_valid(),
        "size": verdict.size,
        "root": root,
        "first_bad": first_bad.map(|bad| json!({ "seq": bad.seq, "what": bad.what.to_string() })),
    });
    let sound = first_bad.map_or_else(|| "yes".to_owned(), |bad| format!("no: {bad}"));
    let facts = [
        ("sound", sound),
        ("events", verdict.size.to_string()),
        ("root", root.clone()),
    ];
    printer.one(&value, &root, &facts)?;
    if let Some(backwards) = verdict.backwards {
        say!(
            "Note: {} events are older than the one before them, the first is {}: a clock was set back.",
            backwards.count,
            backwards.first
        );
    }
    if verdict.is_valid() {
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::from(Code::Findings.number()))
}

async fn tail(house: &House, limit: u32, follow: bool, printer: Printer) -> Result<()> {
    let caller = Caller::command_line();
    let _permit = caller.may(Action::ReadAudit, Subject::Installation)?;
    let sight = house.store.reader().as_seen_by(&caller);
    let filter = EventFilter::default();
    let page = Page::new(None, Some(limit)).map_err(|_| StoreError::NotFound)?;
    let mut latest = sight.events(&filter, Order::Newest, &page).await?.items;
    latest.reverse();
    let mut last = latest.last().map_or(0, |event| event.seq);
    for event in &latest {
        print(event, printer)?;
    }
    if !follow {
        return Ok(());
    }
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let page =
            Page::new(Some(last.to_string()), Some(100)).map_err(|_| StoreError::NotFound)?;
        for event in &sight.events(&filter, Order::Oldest, &page).await?.items {
            print(event, printer)?;
            last = event.seq;
        }
    }
}

/// One event is one line, so that the trail can be followed.
fn print(event: &EventRow, printer: Printer) -> Result<()> {
    if printer.format == Format::Json {
        return line(&serde_json::to_string(event)?);
    }
    line(&format!(
        "{:>6}  {}  {}",
        event.seq, event.at, event.sentence
    ))
}
