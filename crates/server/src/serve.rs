//! A running installation: the portal, the gateway beside it, and what goes on between them.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use gatewright_domain::{access::Caller, secret::Secret};
use gatewright_gateway::{Config, Gateway, Handle};
use gatewright_portal::web::app::{Proxies, SelfRegistration};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    config::Settings,
    failure::{Code, Failure},
    feed::Feed,
    house::{House, Place, open_store, portal_url},
    issuers, jobs, records,
    served::{self, refuse_unreconciled},
    wire,
};

/// A running installation.
pub(crate) struct Running {
    pub(crate) house: Arc<House>,
    portal: wire::Portal,
    gateway: Option<Embedded>,
    stop: CancellationToken,
    jobs: JoinHandle<()>,
    /// Where the gateway would listen.
    configured: SocketAddr,
    grace: Duration,
}

/// How long a gateway in the same process may take to enforce a revision.
const CATCH_UP: Duration = Duration::from_secs(5);

/// The gateway in this process, with the tasks that serve it.
struct Embedded {
    handle: Handle,
    feeding: JoinHandle<()>,
    keeping: JoinHandle<()>,
}

impl Running {
    /// Starts everything; when this returns, callers are answered.
    pub(crate) async fn start(settings: &Settings) -> Result<Self> {
        let listener = listen("listen", settings)?;
        let store = open_store(settings).await?;
        for name in store
            .migrate()
            .await
            .context("could not bring the database up to date")?
        {
            info!(migration = name, "Applied migration {name}");
        }
        refuse_unreconciled(settings, &store).await?;
        // Where the gateway listens is part of what tokens say, so it is started before the rooms are opened.
        let bound = listener.local_addr()?;
        let gateway = settings.gateway.then(|| start_gateway(settings, bound));
        let gateway = gateway.transpose()?;
        let gateway_bound = gateway
            .as_ref()
            .map_or(settings.gateway_listen, Handle::local_addr);
        let place = Place::of(settings, bound, gateway_bound);
        let house = Arc::new(House::open(settings, store, place).await?);
        house.keys.ensure_ring(&Caller::job("ensure-ring")).await?;

        let stop = CancellationToken::new();
        let noting = served::note_all(house.store.clone(), served::path(settings), stop.clone());
        tokio::spawn(noting);
        let gateway = match gateway {
            Some(handle) => Some(Embedded::serve(handle, &house, stop.clone()).await?),
            None => None,
        };
        let proxies = Proxies {
            trusted: settings.trusted_proxies.clone(),
            vouched: settings.client_certificates,
        };
        let registration = match settings.client_registration {
            true => SelfRegistration::Open,
            false => SelfRegistration::Closed,
        };
        let metrics = metrics_token(settings);
        let portal = wire::Portal::start(&house, listener, proxies, metrics, registration)?;
        let (at_work, until) = (Arc::clone(&house), stop.clone());
        let jobs = tokio::spawn(async move {
            let keys = at_work.keys.clone();
            let follow = issuers::follow(keys.clone(), until.clone());
            let compare = jobs::compare_clocks(&keys, until.clone());
            tokio::join!(jobs::run(&at_work, until), follow, compare);
        });
        Ok(Self {
            house,
            portal,
            gateway,
            stop,
            jobs,
            configured: settings.gateway_listen,
            grace: settings.grace,
        })
    }

    /// Waits until the gateway in this process enforces what is stored now.
    pub(crate) async fn caught_up(&self) -> Result<()> {
        let Some(gateway) = &self.gateway else {
            return Ok(());
        };
        let revision = self.house.store.reader().revision().await?;
        let mut applied = gateway.handle.applied();
        let reached =
            applied.wait_for(|applied| applied.is_some_and(|now| now.revision >= revision));
        timeout(CATCH_UP, reached)
            .await
            .context("the gateway did not catch up")??;
        Ok(())
    }

    /// Where the gateway listens.
    pub(crate) fn gateway_address(&self) -> SocketAddr {
        let gateway = self.gateway.as_ref();
        gateway.map_or(self.configured, |gateway| gateway.handle.local_addr())
    }

    /// Ends everything in order: no new callers, those in flight finished, their records kept, the database closed.
    pub(crate) async fn end(self) -> Result<()> {
        let portal = self.portal.stop();
        let gateway = async {
            if let Some(gateway) = self.gateway {
                gateway.end(self.grace).await;
            }
        };
        tokio::join!(portal, gateway);
        self.stop.cancel();
        self.jobs.await.context("the jobs did not end in order")?;
        self.house.store.close().await?;
        Ok(())
    }
}

impl Embedded {
    /// Gives the gateway its first snapshot, then keeps feeding it.
    async fn serve(mut handle: Handle, house: &House, stop: CancellationToken) -> Result<Self> {
        let feed = Feed {
            store: house.store.clone(),
            keys: house.keys.clone(),
            watch: handle.watch(),
            clock: Arc::clone(&house.clock),
        };
        feed.bring(true).await?;
        let batches = handle.records().context("the records are taken already")?;
        let registry = house.registry.clone();
        Ok(Self {
            handle,
            feeding: tokio::spawn(feed.run(stop)),
            keeping: tokio::spawn(records::keep_all(registry, house.keys.clone(), batches)),
        })
    }

    async fn end(self, grace: Duration) {
        let cut_off = self.handle.drain(grace).await;
        if cut_off > 0 {
            info!(
                cut_off,
                "{cut_off} connections were cut off after the grace period"
            );
        }
        // It ends by itself once the gateway has told everything.
        let _ = self.keeping.await;
        self.feeding.abort();
    }
}

fn start_gateway(settings: &Settings, portal: SocketAddr) -> Result<Handle> {
    let portal = portal_url(settings, portal);
    let mut config = Config::new(settings.gateway_listen, &portal);
    config.threads = settings.gateway_workers.unwrap_or(config.threads);
    config.trusted_proxies.clone_from(&settings.trusted_proxies);
    config.metrics_token = metrics_token(settings);
    let clock = Arc::new(crate::system::SystemClock);
    let entropy = Arc::new(crate::system::SystemEntropy);
    Gateway::start(config, clock, entropy).map_err(|error| {
        let message = format!("{:#}", anyhow::Error::from(error));
        let next = "another program may listen there: choose another with --gateway-listen";
        Failure::new(Code::Failed, message).next(next).into()
    })
}

/// A copy of the token for each of the two faces that counters are read from.
fn metrics_token(settings: &Settings) -> Option<Secret<String>> {
    let token = settings.metrics_token.as_ref();
    token.map(|token| Secret::new(token.lend(String::clone)))
}

fn listen(setting: &str, settings: &Settings) -> Result<TcpListener> {
    let address = settings.listen;
    TcpListener::bind(address).map_err(|error| {
        let message = format!("could not listen on {address}: {error}");
        let next = format!("another program may listen there: choose another with --{setting}");
        Failure::new(Code::Failed, message).next(next).into()
    })
}
