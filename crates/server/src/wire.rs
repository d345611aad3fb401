//! Where the portal is bound to its listener, and its workers are started.

pub(crate) mod orders;

use std::{net::TcpListener, sync::Arc};

use actix_web::dev::ServerHandle;
use anyhow::Result;
use gatewright_domain::secret::Secret;
use gatewright_portal::{
    internal::snapshots::Snapshots,
    metrics::Meters,
    web::app::{App, Place, Proxies, SelfRegistration},
};
use tokio::task::JoinHandle;
use tracing::error;

use crate::house::House;

/// How many threads answer people and programs. Callers of APIs have threads of their own in the gateway.
const WORKERS: usize = 2;

/// The running portal.
pub(crate) struct Portal {
    server: ServerHandle,
    snapshots: Snapshots,
    running: JoinHandle<()>,
}

impl Portal {
    /// Starts it on a listener that is bound already.
    pub(crate) fn start(
        house: &House,
        listener: TcpListener,
        proxies: Proxies,
        metrics_token: Option<Secret<String>>,
        registration: SelfRegistration,
    ) -> Result<Self> {
        let snapshots = Snapshots::default();
        let app = App {
            registry: house.registry.clone(),
            keys: house.keys.clone(),
            operators: house.operators.clone(),
            reader: house.store.reader(),
            attempts: house.store.attempts(),
            clock: Arc::clone(&house.clock),
            entropy: Arc::clone(&house.entropy),
            place: Place {
                portal: house.place.portal.clone(),
                gateway: house.place.gateway.clone(),
            },
            proxies,
            terms: house.keys.config().terms(),
            registration,
            snapshots: snapshots.clone(),
            meters: Meters::default(),
            metrics_token: metrics_token.map(Arc::new),
        };
        let server = gatewright_portal::serve::serve(app, listener, WORKERS)?;
        let handle = server.handle();
        let running = tokio::spawn(async move {
            if let Err(error) = server.await {
                error!(error = %error, "The portal ended");
            }
        });
        Ok(Self {
            server: handle,
            snapshots,
            running,
        })
    }

    /// Accepts no more requests and finishes those in flight.
    pub(crate) async fn stop(self) {
        self.snapshots.close();
        self.server.stop(true).await;
        // Whether it ended in order was told there.
        let _ = self.running.await;
    }
}
