//! Where the portal is bound to its listener, and its workers are started.

pub(crate) mod orders;

use std::{net::TcpListener, sync::Arc};

use actix_web::dev::ServerHandle;
use anyhow::{Context, Result};
use gatewright_portal::{
    internal::snapshots::Snapshots,
    serve::serve,
    web::app::{App, Place},
};
use tokio::task::JoinHandle;

use crate::house::House;

/// How many threads answer people and programs; the gateway has its own.
const WORKERS: usize = 2;

/// The running portal.
pub(crate) struct Portal {
    handle: ServerHandle,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Portal {
    /// Starts it on a listener that is bound already.
    pub(crate) fn start(house: &House, listener: TcpListener) -> Result<Self> {
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
            terms: house.keys.config().terms(),
            snapshots: Snapshots::default(),
        };
        let server = serve(app, listener, WORKERS).context("could not start the portal")?;
        let handle = server.handle();
        Ok(Self {
            handle,
            serving: tokio::spawn(server),
        })
    }

    /// Accepts no more requests and finishes those in flight.
    pub(crate) async fn stop(self) {
        self.handle.stop(true).await;
        let _ = self.serving.await;
    }
}
