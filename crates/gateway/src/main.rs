//! `gatewright-gateway`: the data plane alone, fed by a control plane elsewhere.
//! Forbids a database, and rules: it reads its settings, starts the library, and waits for the word to end.
//! Start with `run`.

mod arguments;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use clap::Parser;
use gatewright_domain::{
    entropy::Entropy,
    time::{Clock, Timestamp},
};
use gatewright_gateway::{
    Gateway, control::ControlPlane, feed::Feed, last_good::LastGood, report::Reporter,
};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::timeout,
};
use tracing::{error, info, warn};
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;

/// How long the control plane is given to take the last records, once nothing is in flight any more.
const LAST_WORDS: Duration = Duration::from_secs(3);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_env("GATEWRIGHT_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error!(error = format!("{error:#}"), "The gateway ends");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run(arguments: Arguments) -> Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let token = arguments.token()?;
    let control = ControlPlane::at(&arguments.control_plane, token)?;
    let last_good = LastGood::open(&arguments.state_dir, arguments.snapshot_key.clone())
        .with_context(|| format!("could not open {}", arguments.state_dir.display()))?;
    let mut ending = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );

    let mut gateway = Gateway::start(
        arguments.config()?,
        Arc::clone(&clock),
        Arc::clone(&entropy),
    )?;
    let feed = Feed::new(
        control.clone(),
        gateway.watch(),
        arguments.snapshot_key.clone(),
        last_good,
        Arc::clone(&entropy),
    );
    feed.recall();
    info!(address = %gateway.local_addr(), control_plane = control.address(), "Listening");
    let feeding = tokio::spawn(feed.run());
    let records = gateway
        .records()
        .context("the records have been taken already")?;
    let reporting = tokio::spawn(Reporter::new(control, clock, entropy).run(records));

    tokio::select! {
        _ = ending.0.recv() => {}
        _ = ending.1.recv() => {}
    }
    info!(grace_s = arguments.grace.as_secs(), "Draining");
    let cut_off = gateway.drain(arguments.grace).await;
    feeding.abort();
    // While the control plane is away nobody takes them, and the gateway has to end all the same.
    match timeout(LAST_WORDS, reporting).await {
        Ok(reported) => reported?,
        Err(_) => warn!("Ended before the control plane took the last access records"),
    }
    info!(cut_off, "Ended");
    Ok(())
}

/// The clock that never jumps. It counts while the machine sleeps, where the system has one that does: who slept heard nothing.
#[cfg(target_os = "linux")]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one clock line of a gateway that runs apart"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }

    fn steady(&self) -> Duration {
        let since = rustix::time::clock_gettime(STEADY);
        Duration::try_from(since).unwrap_or_default()
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without entropy there is no safe way to go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system gives random bytes");
    }
}
