//! The command line of `gatewright-gateway`.

use std::{
    fs,
    net::SocketAddr,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use gatewright_domain::{network::Network, secret::Secret};
use gatewright_gateway::Config;
use gatewright_token::detached::PinnedKey;

/// A Gatewright gateway that runs apart from its control plane.
///
/// It verifies the token of every request, enforces scopes, plans and lifecycle, forwards what is admitted, and records what
/// happened. What it knows comes in signed snapshots from the control plane; the last good ones are kept on disk, so it goes
/// on, restarts included, while the control plane is away.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// Where to listen for callers
    #[arg(long, env = "GATEWRIGHT_LISTEN", default_value = "127.0.0.1:8601")]
    listen: SocketAddr,

    /// The control plane's base URL
    #[arg(long, env = "GATEWRIGHT_CONTROL_PLANE", value_name = "URL")]
    pub(crate) control_plane: String,

    /// The gateway's token, shown once when it was enrolled (gw_gt_…). A command line can be read by others on this machine:
    /// prefer --token-file
    #[arg(
        long,
        env = "GATEWRIGHT_GATEWAY_TOKEN",
        hide_env_values = true,
        conflicts_with = "token_file"
    )]
    token: Option<String>,

    /// A file that holds the gateway's token
    #[arg(long, env = "GATEWRIGHT_GATEWAY_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// The public key that snapshots are signed with, shown when the gateway was enrolled
    #[arg(
        long,
        env = "GATEWRIGHT_SNAPSHOT_KEY",
        value_name = "KEY",
        // One key in 64 begins with a hyphen.
        allow_hyphen_values = true
    )]
    pub(crate) snapshot_key: PinnedKey,

    /// Where the last good snapshots are kept
    #[arg(
        long,
        env = "GATEWRIGHT_STATE_DIR",
        value_name = "DIR",
        default_value = "./gatewright-gateway-state"
    )]
    pub(crate) state_dir: PathBuf,

    /// The portal's public base URL, to which refusals link; the control plane's own if not given
    #[arg(long, env = "GATEWRIGHT_PORTAL", value_name = "URL")]
    portal: Option<String>,

    /// How many threads serve; one per core if not given
    #[arg(long, env = "GATEWRIGHT_THREADS", value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// The most connections at one time; beyond them, new ones wait
    #[arg(long, env = "GATEWRIGHT_CONNECTIONS", value_name = "N")]
    connections: Option<NonZeroUsize>,

    /// The most connections of one address at one time, on each thread; beyond them, new ones are closed
    #[arg(long, env = "GATEWRIGHT_CONNECTIONS_PER_ADDRESS", value_name = "N")]
    connections_per_address: Option<NonZeroUsize>,

    /// A proxy in front whose Forwarded and X-Forwarded-For, -Host and -Proto are passed on; may be repeated
    #[arg(
        long,
        env = "GATEWRIGHT_TRUSTED_PROXIES",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    trusted_proxy: Vec<Network>,

    /// A file of certificates (PEM) that vouch for upstreams, besides the machine's own
    #[arg(long, env = "GATEWRIGHT_UPSTREAM_ROOTS", value_name = "FILE")]
    upstream_roots: Option<PathBuf>,

    /// A file that holds the token for /-/metrics; without one there is no such page
    #[arg(long, env = "GATEWRIGHT_METRICS_TOKEN_FILE", value_name = "FILE")]
    metrics_token_file: Option<PathBuf>,

    /// How long requests in flight may take to finish after SIGTERM or SIGINT, in seconds
    #[arg(long, env = "GATEWRIGHT_GRACE", value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    pub(crate) grace: Duration,
}

const AFTER_HELP: &str = "\
Enrol a gateway in the portal under Gateways: it shows the token and the snapshot key. Then:

  gatewright-gateway --control-plane https://portal.example \\
      --token-file /run/secrets/gateway-token --snapshot-key KEY --listen 0.0.0.0:8601

Ask it: GET /-/healthz (it runs), GET /-/readyz (it has a snapshot), GET /-/metrics (with its token).
Logs are JSON on standard error; GATEWRIGHT_LOG chooses what (info, debug, gatewright_gateway=debug).

Exit codes: 0 ended on a signal, requests in flight finished or cut off after the grace period;
1 could not start, with the reason as the last line of the log; 2 the command line is wrong.";

impl Arguments {
    /// The gateway's token.
    pub(crate) fn token(&self) -> Result<Secret<String>> {
        match (&self.token, &self.token_file) {
            (Some(token), _) => Ok(Secret::new(token.clone())),
            (None, Some(file)) => secret(file),
            (None, None) => bail!("no token: give --token-file or GATEWRIGHT_GATEWAY_TOKEN"),
        }
    }

    /// The settings of the gateway.
    pub(crate) fn config(&self) -> Result<Config> {
        let portal = self.portal.as_ref().unwrap_or(&self.control_plane);
        let mut config = Config::new(self.listen, portal);
        config.threads = self.threads.unwrap_or(config.threads);
        config.connections = self.connections.unwrap_or(config.connections);
        let per_address = self.connections_per_address;
        config.connections_per_address = per_address.unwrap_or(config.connections_per_address);
        config.trusted_proxies.clone_from(&self.trusted_proxy);
        config.upstream_roots.clone_from(&self.upstream_roots);
        config.metrics_token = self.metrics_token_file.as_deref().map(secret).transpose()?;
        Ok(config)
    }
}

fn secret(file: &Path) -> Result<Secret<String>> {
    let text = fs::read_to_string(file);
    let text = text.with_context(|| format!("could not read {}", file.display()))?;
    let text = text.trim();
    if text.is_empty() {
        bail!("{} is empty", file.display());
    }
    Ok(Secret::new(text.to_owned()))
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_secs)
}
