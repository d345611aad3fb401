//! Starting a gateway and holding on to it.

use std::{io, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use gatewright_domain::{
    entropy::Entropy, network::Network, record::Batch, snapshot::Snapshot, time::Clock,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

use crate::{
    config::Config,
    dice::Dice,
    exchange::Exchange,
    memory::Memory,
    meter::{Counts, Meter},
    probe::Probes,
    record::{self, Collector, Desk},
    replays::Replays,
    sentinel::Sentinel,
    serve::{Orders, Worker, listeners},
    upstream::{TlsError, Upstreams, tls},
    verifier::Facts,
    watch::{Applied, OfferError, Watch},
};

/// The data plane.
#[derive(Debug)]
pub struct Gateway;

/// A running gateway. Dropping it ends the gateway at once; `drain` ends it gently.
pub struct Handle {
    local_addr: SocketAddr,
    watch: Arc<Watch>,
    meters: Vec<Arc<Meter>>,
    orders: watch::Sender<Orders>,
    records: Option<mpsc::Receiver<Batch>>,
    ended: Vec<oneshot::Receiver<usize>>,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("could not listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// A thread cannot be started.
    #[error("could not start a thread")]
    Thread(#[source] io::Error),
    /// TLS towards upstreams cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl Gateway {
    /// Starts a gateway on threads of its own. It answers 503 until it is offered a snapshot.
    ///
    /// # Errors
    /// When it cannot listen, or not start a thread.
    pub fn start(
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Handle, StartError> {
        let (address, threads) = (config.listen, config.threads.get());
        let listen = |cause| StartError::Listen { address, cause };
        let listeners = listeners(address, threads).map_err(listen)?;
        let local_addr = listeners
            .first()
            .map_or(Ok(address), |first| first.local_addr())
            .map_err(listen)?;
        let watch = Arc::new(Watch::new(Arc::clone(&clock), config.portal.clone()));
        let meters: Vec<Arc<Meter>> = listeners.iter().map(|_| Arc::default()).collect();
        let (desks, collector, records) = record::queue(meters.clone(), config.gateway);
        let (orders, _) = watch::channel(Orders::Serve);
        let shared = Shared {
            memory: Arc::new(Memory::new(config.remembered_tokens, entropy.as_ref())),
            replays: Arc::new(Replays::new()),
            probes: Arc::new(Probes {
                watch: Arc::clone(&watch),
                meters: meters.clone(),
                token: config.metrics_token,
            }),
            watch: Arc::clone(&watch),
            clock,
            entropy,
            tls: tls(config.upstream_roots.as_deref())?,
            portal: config.portal,
            deadlines: config.deadlines,
            connections: config.connections.get().div_ceil(threads),
            per_address: config.connections_per_address.get(),
            trusted_proxies: config.trusted_proxies,
            orders: orders.subscribe(),
        };
        collect(collector, Sentinel::new(Arc::clone(&watch), meters.clone()))?;
        let workers = listeners.into_iter().zip(desks);
        let ended = workers
            .map(|(listener, desk)| shared.clone().serve(listener, desk))
            .collect::<Result<_, _>>()?;
        let records = Some(records);
        Ok(Handle {
            local_addr,
            watch,
            meters,
            orders,
            records,
            ended,
        })
    }
}

impl Handle {
    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Puts the newest snapshot there is in force; see `Watch::offer`.
    ///
    /// # Errors
    /// When it is not taken.
    pub fn offer(&self, snapshot: Snapshot) -> Result<Applied, OfferError> {
        let moment = self.watch.moment();
        let applied = self.watch.offer(snapshot)?;
        self.watch.confirm(moment);
        Ok(applied)
    }

    /// What is in force, as it changes.
    #[must_use]
    pub fn applied(&self) -> watch::Receiver<Option<Applied>> {
        self.watch.changes()
    }

    /// The place of the snapshot in force, to be shared with whoever feeds it.
    #[must_use]
    pub fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    /// The stream of access records and decisions; the first caller gets it. It ends when the gateway has ended and told
    /// everything. Whoever does not keep reading it loses records, never requests.
    pub fn records(&mut self) -> Option<mpsc::Receiver<Batch>> {
        self.records.take()
    }

    /// Counts since the start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Meter::sum(self.meters.iter().map(AsRef::as_ref))
    }

    /// Ends the gateway: accepts no more connections, finishes what is in flight within the grace period, and gives how
    /// many connections had to be cut off.
    pub async fn drain(self, grace: Duration) -> usize {
        // Threads that have ended already do not listen.
        let _ = self.orders.send(Orders::DrainBy(Instant::now() + grace));
        let mut cut_off = 0;
        for ended in self.ended {
            // A thread that is gone without a word has nothing in flight.
            cut_off += ended.await.unwrap_or(0);
        }
        cut_off
    }
}

/// What every thread is given.
#[derive(Clone)]
struct Shared {
    watch: Arc<Watch>,
    memory: Arc<Memory<Facts>>,
    replays: Arc<Replays>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    probes: Arc<Probes>,
    tls: Arc<rustls::ClientConfig>,
    portal: String,
    deadlines: crate::config::Deadlines,
    connections: usize,
    per_address: usize,
    trusted_proxies: Vec<Network>,
    orders: watch::Receiver<Orders>,
}

impl Shared {
    /// Starts a thread; what is returned gives the number of connections it cut off at its end.
    fn serve(
        self,
        listener: std::net::TcpListener,
        desk: Desk,
    ) -> Result<oneshot::Receiver<usize>, StartError> {
        let (tell, ended) = oneshot::channel();
        let runtime = runtime()?;
        thread("gateway", move || {
            let worker = self.worker(&runtime, desk);
            let cut_off = runtime.block_on(worker.run(listener));
            // Ends what is still in flight, so that its records are told before this thread is.
            drop(runtime);
            // Nobody may be waiting.
            let _ = tell.send(cut_off.unwrap_or(0));
        })?;
        Ok(ended)
    }

    fn worker(self, runtime: &Runtime, desk: Desk) -> Worker {
        let _timers = runtime.enter();
        let meter = Arc::clone(&desk.meter);
        let exchange = Exchange {
            watch: self.watch,
            memory: self.memory,
            replays: self.replays,
            clock: self.clock,
            probes: self.probes,
            desk: Rc::new(desk),
            dice: Dice::new(self.entropy),
            upstreams: Upstreams::new(&self.tls, self.deadlines, Arc::clone(&meter)),
            meter,
            portal: self.portal,
            total: self.deadlines.total,
        };
        Worker {
            exchange: Rc::new(exchange),
            deadlines: self.deadlines,
            connections: self.connections.max(1),
            per_address: self.per_address,
            trusted_proxies: self.trusted_proxies,
            orders: self.orders,
        }
    }
}

/// Starts the thread that no request waits for.
fn collect(collector: Collector, sentinel: Sentinel) -> Result<(), StartError> {
    let runtime = runtime()?;
    let work = async move {
        tokio::select! {
            () = collector.run() => {}
            () = sentinel.run() => {}
        }
    };
    thread("gateway-records", move || runtime.block_on(work))
}

fn runtime() -> Result<Runtime, StartError> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::Thread)
}

fn thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StartError> {
    let thread = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work);
    thread.map(drop).map_err(StartError::Thread)
}
