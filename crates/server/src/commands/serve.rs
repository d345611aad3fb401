//! `gatewright serve`.

use anyhow::Result;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

use crate::{
    cli::said_by,
    config::{
        Settings,
        said::{Said, by_flag},
    },
    house::House,
    say,
    serve::Running,
};

/// Run the portal, the JSON API and a gateway
///
/// Without any setting it keeps everything in ./gatewright-data: an SQLite database, and the key-encryption key that seals
/// the signing keys in it. With DATABASE_URL=postgres://… it runs on PostgreSQL, and nothing else changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gatewright serve
  gatewright serve --listen 0.0.0.0:8600 --public-url https://portal.example
  DATABASE_URL=postgres://gatewright@db/gatewright gatewright serve --no-gateway

It ends on SIGTERM or SIGINT: callers in flight are finished first.")]
pub(crate) struct Arguments {
    /// Where the portal and the JSON API listen
    #[arg(long, visible_alias = "portal", value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where the gateway listens for callers
    #[arg(long, visible_alias = "gateway", value_name = "ADDRESS")]
    gateway_listen: Option<String>,
    /// How people and programs reach the portal
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How callers reach the gateways
    #[arg(long, value_name = "URL")]
    gateway_url: Option<String>,
    /// Run no gateway in this process
    #[arg(long)]
    no_gateway: bool,
}

impl Arguments {
    /// What the flags say about settings.
    pub(crate) fn said(&self) -> Result<Vec<Said>> {
        let mut said = said_by([
            ("listen", &self.listen),
            ("gateway_listen", &self.gateway_listen),
            ("public_url", &self.public_url),
            ("gateway_url", &self.gateway_url),
        ])?;
        if self.no_gateway {
            said.push(by_flag("gateway", "false")?);
        }
        Ok(said)
    }
}

/// Serves until told to end.
pub(crate) async fn run(settings: &Settings) -> Result<()> {
    // Before anything is started, so that no signal is lost.
    let ending = Ending::awaited()?;
    let running = Running::start(settings).await?;
    invite(&running.house).await?;
    let place = &running.house.place;
    say!("Ready. Portal {}", place.portal);
    if settings.gateway {
        say!("       Gateway {}", place.gateway);
    }
    ending.come().await;
    info!("Ending: callers in flight are finished first");
    running.end().await
}

/// Prints the one-time set-up link while there is nobody who could sign in.
async fn invite(house: &House) -> Result<()> {
    let Some(secret) = house.operators.set_up_secret().await? else {
        return Ok(());
    };
    let portal = &house.place.portal;
    let secret = secret.expose_once();
    say!(
        "\nMake the first operator here. The link works once, for 15 minutes; a restart prints another.\n"
    );
    say!("  {portal}/set-up/{}\n", *secret);
    Ok(())
}

/// The signals that ask the program to end.
pub(crate) struct Ending {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Ending {
    /// Begins to listen for them.
    pub(crate) fn awaited() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn come(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
