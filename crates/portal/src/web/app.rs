//! What the handlers act with: the use-cases, and a store they can only read.

use std::{net::SocketAddr, sync::Arc};

use gatewright_domain::{
    client::Vouched,
    entropy::Entropy,
    network::Network,
    secret::Secret,
    time::{Clock, Timestamp},
};
use gatewright_keys::Keys;
use gatewright_operators::Operators;
use gatewright_registry::Registry;
use gatewright_store::quiet::idempotency::Attempts;
use gatewright_store::{Reader, SnapshotTerms};

use crate::{internal::snapshots::Snapshots, metrics::Meters};

/// Everything a handler may use. The writer is not among it.
#[derive(Clone)]
pub struct App {
    /// APIs, versions, contracts, plans, consumers, applications, subscriptions, gateways.
    pub registry: Registry,
    /// Signing keys and tokens.
    pub keys: Keys,
    /// Operators, teams, sessions, access tokens.
    pub operators: Operators,
    /// Everything that can be read.
    pub reader: Reader,
    /// Answers kept for repeated requests.
    pub attempts: Attempts,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Random bytes, for nonces and request ids.
    pub entropy: Arc<dyn Entropy>,
    /// Where this instance is.
    pub place: Place,
    /// The proxies in front.
    pub proxies: Proxies,
    /// What snapshots say beside what is stored.
    pub terms: SnapshotTerms,
    /// Whether programs may register themselves as clients.
    pub registration: SelfRegistration,
    /// The newest snapshot, which all gateways share.
    pub snapshots: Snapshots,
    /// What is counted of the answers.
    pub meters: Meters,
    /// What reads the counters, beside every access token.
    pub metrics_token: Option<Arc<Secret<String>>>,
}

/// Whether programs may register themselves as clients (RFC 7591).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelfRegistration {
    /// They may not: nothing of it is there.
    #[default]
    Closed,
    /// Whoever holds an initial access token may.
    Open,
}

/// Where this instance is, as its callers see it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The portal's address, without a slash at the end: `https://portal.example`.
    pub portal: String,
    /// The gateway's address, without a slash at the end: `https://api.example`.
    pub gateway: String,
}

/// The proxies in front, whose word about their clients' certificates counts. Nobody else's does.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<Network>,
    /// Which certificates they let through.
    pub vouched: Vouched,
}

impl Proxies {
    /// Whether one is believed to be there.
    pub(crate) fn are_there(&self) -> bool {
        !self.trusted.is_empty()
    }

    /// Whether this is one of them.
    pub(crate) fn are_at(&self, address: Option<SocketAddr>) -> bool {
        let mut trusted = self.trusted.iter();
        address.is_some_and(|address| trusted.any(|one| one.contains(address.ip())))
    }
}

impl Place {
    /// Whether the portal is reached over TLS, so that cookies can be bound to it.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.portal.starts_with("https://")
    }
}

impl App {
    /// The moment it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where programs register themselves, if they may.
    #[must_use]
    pub fn registration_endpoint(&self) -> Option<String> {
        match self.registration {
            SelfRegistration::Open => Some(format!("{}/oauth2/register", self.place.portal)),
            SelfRegistration::Closed => None,
        }
    }
}
