//! An upstream that answers with what it saw, so that a test can tell what the gateway forwarded.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use anyhow::{Context, Result};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::oneshot, task::JoinSet};

use crate::echo_answer::answer;

/// A running upstream on a free port of 127.0.0.1, in a thread of its own; it stops when it is dropped.
///
/// | path | answers |
/// | --- | --- |
/// | `/slow?ms=` | as any other path, after so many milliseconds |
/// | `/sse?events=&ms=` | so many server-sent events (3), one chunk each, so many milliseconds apart (0) |
/// | `/status/{n}` | the status `n` |
/// | `/big?bytes=` | so many bytes, in chunks of 64 KiB |
/// | any other | 200 and JSON: `method`, `path`, `query`, `headers` (each a list), `body_length`, `body` (when it is short text) |
#[derive(Debug)]
pub struct EchoUpstream {
    address: SocketAddr,
    requests: Arc<AtomicU64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl EchoUpstream {
    /// Starts it; it listens when this returns.
    ///
    /// # Errors
    /// When no port is free or no thread can be started.
    pub fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("could not start a runtime for the upstream")?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let requests = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = oneshot::channel();
        let counter = Arc::clone(&requests);
        let thread = std::thread::Builder::new()
            .name("echo-upstream".to_owned())
            .spawn(move || runtime.block_on(serve(listener, counter, stopped)))?;
        Ok(Self {
            address,
            requests,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a base URL without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests have reached it.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for EchoUpstream {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the upstream's thread has already been printed.
            drop(thread.join());
        }
    }
}

async fn serve(listener: TcpListener, requests: Arc<AtomicU64>, stopped: oneshot::Receiver<()>) {
    tokio::select! {
        () = accept(listener, requests) => {}
        _ = stopped => {}
    }
}

async fn accept(listener: TcpListener, requests: Arc<AtomicU64>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let requests = Arc::clone(&requests);
        connections.spawn(async move {
            let service = service_fn(|request| {
                requests.fetch_add(1, Ordering::SeqCst);
                answer(request)
            });
            let serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A client that goes away is part of what tests do.
            drop(serving.await);
        });
        while connections.try_join_next().is_some() {}
    }
}
