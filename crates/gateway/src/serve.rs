//! Threads, listeners and connections: each thread has its own runtime, listener and upstream connections, and shares with
//! the others only what is read.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    pin::pin,
    rc::Rc,
    time::Duration,
};

use gatewright_domain::network::Network;
use hyper::{server::conn::http1, service::service_fn};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::TcpStream, sync::watch, task::LocalSet, time::Instant};

use crate::{config::Deadlines, exchange::Exchange, line::Line, open::Open, way::Peer, wire::Wire};

/// How many connections the system holds for us until we accept them.
const BACKLOG: i32 = 4096;

/// How long accepting rests after an error, such as too many open files.
const REST: Duration = Duration::from_millis(50);

/// What the threads are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orders {
    /// Serve.
    Serve,
    /// Accept no more, finish what is in flight until then, and end.
    DrainBy(Instant),
}

/// As many listeners on one address as there are threads; the system spreads connections over them.
pub(crate) fn listeners(at: SocketAddr, threads: usize) -> io::Result<Vec<TcpListener>> {
    // Listeners that share an address would share it with another gateway too, which is a mistake that must be seen. This
    // one shares with nobody.
    let alone = bind(at, Sharing::Alone)?;
    if threads == 1 {
        return Ok(vec![alone.into()]);
    }
    drop(alone);
    let first: TcpListener = bind(at, Sharing::WithOurOwn)?.into();
    let at = first.local_addr()?;
    let others = (1..threads).map(|_| bind(at, Sharing::WithOurOwn).map(TcpListener::from));
    std::iter::once(Ok(first)).chain(others).collect()
}

enum Sharing {
    Alone,
    WithOurOwn,
}

fn bind(at: SocketAddr, sharing: Sharing) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if let Sharing::WithOurOwn = sharing {
        socket.set_reuse_port(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&at.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

/// One thread's serving.
pub(crate) struct Worker {
    pub(crate) exchange: Rc<Exchange>,
    pub(crate) deadlines: Deadlines,
    pub(crate) connections: usize,
    pub(crate) per_address: usize,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) orders: watch::Receiver<Orders>,
}

impl Worker {
    /// Serves until told to drain; then gives how many connections were cut off.
    pub(crate) async fn run(mut self, listener: TcpListener) -> io::Result<usize> {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let open = Rc::new(Open::default());
        let local = LocalSet::new();
        let until = local.run_until(async {
            loop {
                tokio::select! {
                    biased;
                    until = drain_order(&mut self.orders) => break until,
                    accepted = listener.accept(), if open.count() < self.connections => {
                        self.accepted(accepted, &open).await;
                    }
                    () = open.closed(), if open.count() >= self.connections => {}
                }
            }
        });
        let until = until.await;
        // What the system has accepted for us was promised an answer too.
        while let Ok(Ok(accepted)) = tokio::time::timeout(Duration::ZERO, listener.accept()).await {
            local.run_until(self.accepted(Ok(accepted), &open)).await;
        }
        drop(listener);
        let finished = local.run_until(async {
            while open.count() > 0 {
                open.closed().await;
            }
        });
        // Cutting off is what the deadline is for, so being too late is no error.
        let _ = tokio::time::timeout_at(until, finished).await;
        Ok(open.count())
    }

    async fn accepted(&self, accepted: io::Result<(TcpStream, SocketAddr)>, open: &Rc<Open>) {
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(REST).await;
            return;
        };
        // A socket that does not take the option works all the same.
        let _ = stream.set_nodelay(true);
        let address = peer.ip().to_canonical();
        let peer = Peer::new(address, &self.trusted_proxies);
        let most = if peer.is_trusted() {
            usize::MAX
        } else {
            self.per_address
        };
        let Some(counted) = Open::one_more(open, address, most, &self.exchange.meter) else {
            return;
        };
        let line = Rc::new(Line::of(peer));
        let wire = Wire::new(stream, Rc::clone(&line), self.deadlines);
        let (exchange, orders) = (Rc::clone(&self.exchange), self.orders.clone());
        let keep_alive = self.deadlines.keep_alive;
        tokio::task::spawn_local(async move {
            connection(wire, line, exchange, orders, keep_alive).await;
            drop(counted);
        });
    }
}

async fn connection(
    wire: Wire,
    line: Rc<Line>,
    exchange: Rc<Exchange>,
    mut orders: watch::Receiver<Orders>,
    keep_alive: Duration,
) {
    let answered = Rc::clone(&line);
    let answer = service_fn(move |request| {
        let (exchange, line) = (Rc::clone(&exchange), Rc::clone(&answered));
        async move { exchange.answer(&line, request).await }
    });
    // The wire keeps the deadline of heads, because it sees their first byte.
    let mut builder = http1::Builder::new();
    builder.header_read_timeout(None);
    let mut serving = pin!(builder.serve_connection(wire, answer));
    tokio::select! {
        // First what has arrived, so that a request that came before the order to drain is answered.
        biased;
        // A client that breaks off is an everyday thing, and its request has its record.
        _ = serving.as_mut() => return,
        _ = drain_order(&mut orders) => {}
        () = idle(&line, keep_alive) => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = serving.await;
}

/// Waits until a connection has been idle for so long. Looks at it as seldom as it may, so that requests set no timer.
async fn idle(line: &Line, keep_alive: Duration) {
    while let Some(moment) = line.look_again(keep_alive) {
        tokio::time::sleep_until(moment.into()).await;
    }
}

/// Waits for the order to drain. When nobody is left to give it, it is given: at once.
async fn drain_order(orders: &mut watch::Receiver<Orders>) -> Instant {
    loop {
        if let Orders::DrainBy(until) = *orders.borrow_and_update() {
            return until;
        }
        if orders.changed().await.is_err() {
            return Instant::now();
        }
    }
}
