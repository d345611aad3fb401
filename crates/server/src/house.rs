//! The rooms, opened: the store and the use-cases over it, and where this instance is.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use gatewright_domain::{entropy::Entropy, secret::Secret, time::Clock};
use gatewright_keys::{
    Keys, KeysConfig,
    fetch::{Reach, Web},
};
use gatewright_operators::Operators;
use gatewright_registry::{Registry, UpstreamPolicy};
use gatewright_store::{Journal, Store};
use tracing::warn;
use zeroize::Zeroizing;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    kek,
    served::refuse_unreconciled,
    signing,
    system::{SystemClock, SystemEntropy},
};

/// The store and the use-cases over it.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) registry: Registry,
    pub(crate) keys: Keys,
    pub(crate) operators: Operators,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) place: Place,
}

/// Where this instance is, as others see it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) portal: String,
    pub(crate) gateway: String,
    pub(crate) issuer: String,
}

impl Place {
    /// What the settings say; what they leave open follows from where is listened.
    pub(crate) fn of(settings: &Settings, portal: SocketAddr, gateway_bound: SocketAddr) -> Self {
        let portal = portal_url(settings, portal);
        let gateway = settings.gateway_url.clone();
        Self {
            issuer: settings.issuer.clone().unwrap_or_else(|| portal.clone()),
            gateway: gateway.unwrap_or_else(|| reached_at(gateway_bound)),
            portal,
        }
    }
}

/// How people and programs reach a portal that listens here.
pub(crate) fn portal_url(settings: &Settings, bound: SocketAddr) -> String {
    let public = settings.public_url.clone();
    public.unwrap_or_else(|| reached_at(bound))
}

/// How this machine reaches a listener: one that listens everywhere is reached at home.
fn reached_at(bound: SocketAddr) -> String {
    let home = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    };
    format!("http://{}", SocketAddr::new(home, bound.port()))
}

impl House {
    /// Opens the rooms over a store that is up to date.
    pub(crate) async fn open(settings: &Settings, store: Store, place: Place) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let kek = kek::obtain(settings, &store, &*clock, &*entropy).await?;
        let (birth, others) = signing::holders(settings)?;
        let config = KeysConfig {
            issuer: place.issuer.clone(),
            audience_base: place.gateway.clone(),
            timing: settings.timing,
            jwks_max_age: settings.jwks_max_age,
            verifier_cache: settings.verifier_cache,
            token_algorithm: settings.token_algorithm,
            status_lists: format!("{}/oauth2/status-lists", place.portal),
        };
        let allow = settings.issuer_allow.clone().unwrap_or_default();
        let fetch = Arc::new(Web::within(Reach::of(&place.issuer, allow)));
        let share = || (Arc::clone(&clock), Arc::clone(&entropy));
        let ((c1, e1), (c2, e2), (c3, e3)) = (share(), share(), share());
        Ok(Self {
            registry: Registry::new(store.clone(), c1, e1, upstreams(settings)?),
            keys: Keys::new(store.clone(), kek, c2, e2, config)
                .fetching_by(fetch)
                .signing_in(birth, others),
            operators: Operators::new(store.clone(), c3, e3),
            store,
            clock,
            entropy,
            place,
        })
    }

    /// Opens the rooms for a command: the database must be there and up to date already.
    pub(crate) async fn for_command(settings: &Settings) -> Result<Self> {
        let house = Self::to_be_reconciled(settings).await?;
        refuse_unreconciled(settings, &house.store).await?;
        Ok(house)
    }

    /// Likewise, for the command that ends a restore.
    pub(crate) async fn to_be_reconciled(settings: &Settings) -> Result<Self> {
        let store = existing_store(settings).await?;
        let place = Place::of(settings, settings.listen, settings.gateway_listen);
        Self::open(settings, store, place).await
    }
}

impl Place {
    /// The address of a sign-in link. Whoever calls this shows it, once.
    pub(crate) fn sign_in_url(&self, secret: Secret<String>) -> Zeroizing<String> {
        let secret = secret.expose_once();
        Zeroizing::new(format!("{}/sign-in/{}", self.portal, *secret))
    }
}

/// Opens the store, making the data directory when there is none.
pub(crate) async fn open_store(settings: &Settings) -> Result<Store> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&settings.data_dir);
    made.with_context(|| format!("could not make {}", settings.data_dir.display()))
        .map_err(|error| {
            let next = "choose a directory that can be made or written to with --data-dir";
            Failure::of(Code::Failed, error).next(next)
        })?;
    if let Some(path) = sqlite_path(settings) {
        claim(&path);
    }
    let url = settings.database_url.lend(String::clone);
    let opened = Store::open(&url, Arc::new(SystemEntropy)).await;
    let opened = opened.context("could not open the database");
    let store = opened.map_err(|error| {
        let next = match sqlite_path(settings) {
            Some(path) => format!(
                "is {} a database, and may this user write to it?",
                path.display()
            ),
            None => {
                "is DATABASE_URL right, and does the server run and let this user in?".to_owned()
            }
        };
        Failure::of(Code::Failed, error).next(next)
    })?;
    keep_journal(&store, settings);
    Ok(store)
}

/// Keeps the journal of revocations in the data directory, which a restore of the database does not touch.
fn keep_journal(store: &Store, settings: &Settings) {
    let path = journal_path(settings);
    match Journal::open(&path, SystemClock.now()) {
        Ok(journal) => store.keep_journal(journal),
        Err(error) => warn!(
            %error,
            file = %path.display(),
            "Could not open the journal of revocations; a restore from a backup would know only what the backup knows"
        ),
    }
}

/// Where the journal of revocations is.
pub(crate) fn journal_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join("revocations.journal")
}

/// Makes the file of a new database readable by nobody else; SQLite gives its log the same mode, and so do copies.
fn claim(path: &Path) {
    let mut file = fs::OpenOptions::new();
    // Whether it is there already, or cannot be made, is seen and told when it is opened.
    let _ = file.write(true).create_new(true).mode(0o600).open(path);
}

/// Opens a store that is there and up to date.
pub(crate) async fn existing_store(settings: &Settings) -> Result<Store> {
    if let Some(path) = sqlite_path(settings)
        && !path.exists()
    {
        let missing = format!("there is no database at {}", path.display());
        return Err(Failure::new(Code::NotFound, missing)
            .next("gatewright serve makes one; or say where it is with --data-dir or DATABASE_URL")
            .into());
    }
    let store = open_store(settings).await?;
    let pending = store.pending_migrations().await?;
    if pending.is_empty() {
        return Ok(store);
    }
    let behind = format!("the database lacks {} migrations", pending.len());
    Err(Failure::new(Code::Failed, behind)
        .next("gatewright migrate")
        .into())
}

/// The path of the database, when it is SQLite.
pub(crate) fn sqlite_path(settings: &Settings) -> Option<PathBuf> {
    settings.database_url.lend(|url| {
        let path = url.strip_prefix("sqlite://")?;
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        Some(PathBuf::from(path.replace("%3F", "?").replace("%25", "%")))
    })
}

/// The private hosts that versions may forward to. On a laptop that is the laptop.
fn upstreams(settings: &Settings) -> Result<UpstreamPolicy> {
    const THIS_MACHINE: [&str; 3] = ["127.0.0.1", "localhost", "::1"];
    if let Some(allow) = settings.upstream_allow.clone() {
        return Ok(UpstreamPolicy { allow });
    }
    let at_home = settings.gateway_listen.ip().is_loopback();
    let hosts = THIS_MACHINE.iter().filter(|_| at_home);
    let allow = hosts.map(|host| host.parse()).collect::<Result<_, _>>()?;
    Ok(UpstreamPolicy { allow })
}
