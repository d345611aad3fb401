//! Where the portal is bound to its listeners, and its workers are started.

pub(crate) mod orders;

use std::{net::TcpListener, sync::Arc};

use anyhow::Result;

use crate::house::House;

/// The running portal.
pub(crate) struct Portal {}

impl Portal {
    /// Starts it on listeners that are bound already.
    pub(crate) fn start(house: &House, listeners: Vec<TcpListener>) -> Result<Self> {
        let _ = (Arc::strong_count(&house.clock), listeners);
        Ok(Self {})
    }

    /// Accepts no more requests and finishes those in flight.
    pub(crate) async fn stop(self) {}
}
