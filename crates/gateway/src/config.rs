//! What a gateway is told when it starts. Everything that changes afterwards comes in snapshots.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf, time::Duration};

use gatewright_domain::{id::GatewayId, network::Network, secret::Secret};

/// The settings of a gateway.
#[derive(Debug)]
pub struct Config {
    /// Where it listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// How many threads serve; each has its own listener on the same port.
    pub threads: NonZeroUsize,
    /// The portal's public base URL without a slash at the end: problems and decisions are explained there.
    pub portal: String,
    /// Its name in decisions; nothing for the one that runs inside the control plane.
    pub gateway: Option<GatewayId>,
    /// How long it waits for whom.
    pub deadlines: Deadlines,
    /// The most connections at one time. Beyond them, new ones wait to be accepted.
    pub connections: NonZeroUsize,
    /// The most connections of one address at one time, on each thread; trusted proxies apart. Beyond them, new ones are
    /// closed.
    pub connections_per_address: NonZeroUsize,
    /// How many verified tokens are remembered.
    pub remembered_tokens: NonZeroUsize,
    /// Proxies whose word on the way of a request is passed on (`Forwarded`, `X-Forwarded-For`, `-Host` and `-Proto`).
    pub trusted_proxies: Vec<Network>,
    /// A file of certificates (PEM) that vouch for upstreams, besides the machine's own.
    pub upstream_roots: Option<PathBuf>,
    /// What `/-/metrics` asks for as a bearer token. Without one there is no such page.
    pub metrics_token: Option<Secret<String>>,
}

impl Config {
    /// The settings used unless the operator says otherwise.
    #[must_use]
    pub fn new(listen: SocketAddr, portal: &str) -> Self {
        Self {
            listen,
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            portal: portal.trim_end_matches('/').to_owned(),
            gateway: None,
            deadlines: Deadlines::DEFAULT,
            connections: NonZeroUsize::MIN.saturating_add(9_999),
            connections_per_address: NonZeroUsize::MIN.saturating_add(999),
            remembered_tokens: NonZeroUsize::MIN.saturating_add(99_999),
            trusted_proxies: Vec::new(),
            upstream_roots: None,
            metrics_token: None,
        }
    }
}

/// How long the gateway waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For a whole head, from its first byte; and for the first byte of a new connection.
    pub head: Duration,
    /// For the next request on a connection that has had an answer.
    pub keep_alive: Duration,
    /// For a client to send the next piece of a body, or to take the next piece of an answer.
    pub idle_body: Duration,
    /// For a connection to an upstream.
    pub connect: Duration,
    /// For the first byte of an upstream's answer, from the last that the upstream was sent.
    pub first_byte: Duration,
    /// For a whole request, streams included.
    pub total: Duration,
}

impl Deadlines {
    /// The deadlines used unless the operator says otherwise. The total is long, because streams are.
    pub const DEFAULT: Self = Self {
        head: Duration::from_secs(10),
        keep_alive: Duration::from_secs(75),
        idle_body: Duration::from_secs(30),
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(60),
        total: Duration::from_secs(3600),
    };
}
