//! Fetching over HTTP.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use ureq::{
    Agent, Error,
    config::Config,
    http::{Uri, header::CACHE_CONTROL},
    tls::{RootCerts, TlsConfig},
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::{Document, Fetch, FetchFault, LARGEST, PATIENCE, Reach, reach::Way};

/// The web, as far as it may be reached.
#[derive(Clone)]
pub struct Web {
    reach: Reach,
    patience: Duration,
}

impl Web {
    /// The web within a reach.
    #[must_use]
    pub fn within(reach: Reach) -> Self {
        Self {
            reach,
            patience: PATIENCE,
        }
    }

    /// The same, for somebody less patient.
    #[must_use]
    pub fn less_patient(self, patience: Duration) -> Self {
        let patience = patience.min(PATIENCE);
        Self { patience, ..self }
    }

    /// An agent for one question: it knows the addresses that were looked at and no others, follows nobody anywhere, and
    /// keeps no connection.
    fn agent(&self, addresses: Vec<SocketAddr>) -> Agent {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .timeout_global(Some(self.patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_response_header_size(16 * 1024)
            .proxy(None)
            .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build();
        Agent::with_parts(config, DefaultConnector::default(), Pinned(addresses))
    }
}

impl Fetch for Web {
    fn fetch(&self, address: &str) -> Result<Document, FetchFault> {
        let Way { uri, addresses } = self.reach.way(address)?;
        let failed = |error: Error| failed(address, &error);
        let request = self.agent(addresses).get(uri);
        let request = request.header("accept", "application/json");
        let mut answer = request.call().map_err(failed)?;
        let status = answer.status().as_u16();
        if status != 200 {
            let address = address.to_owned();
            return Err(FetchFault::Status { address, status });
        }
        let max_age = answer.headers().get(CACHE_CONTROL);
        let max_age = max_age.and_then(|value| max_age_of(value.to_str().ok()?));
        let body = answer.body_mut().with_config().limit(LARGEST);
        let bytes = body.read_to_vec().map_err(failed)?;
        Ok(Document { bytes, max_age })
    }
}

fn failed(address: &str, error: &Error) -> FetchFault {
    let address = address.to_owned();
    match error {
        Error::Timeout(_) => FetchFault::TooSlow(address),
        Error::BodyExceedsLimit(_) => FetchFault::TooLarge(address),
        Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            FetchFault::TooSlow(address)
        }
        other => FetchFault::Unreachable {
            address,
            why: other.to_string(),
        },
    }
}

/// `max-age` of `Cache-Control` (RFC 9111 section 5.2.2.1).
fn max_age_of(value: &str) -> Option<Duration> {
    let mut directives = value.split(',').map(str::trim);
    let seconds = directives.find_map(|directive| {
        let (name, seconds) = directive.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("max-age");
        named.then(|| seconds.trim().trim_matches('"').parse::<u64>().ok())?
    });
    seconds.map(Duration::from_secs)
}

/// The addresses that were looked at: whatever a name says a moment later, these are asked.
struct Pinned(Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut known = self.empty();
        // As many as there is room for in ureq's list.
        for address in self.0.iter().take(16) {
            known.push(*address);
        }
        Ok(known)
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
