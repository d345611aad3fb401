//! Bringing every new revision to the gateway in this process, and saying that it is in force there.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result};
use gatewright_domain::time::Clock;
use gatewright_gateway::watch::Watch;
use gatewright_keys::Keys;
use gatewright_store::{
    Store,
    quiet::acknowledgements::{Acknowledgement, EMBEDDED},
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// How often commits of other processes are looked for. Those of this process are announced at once.
const LOOK: Duration = Duration::from_millis(250);

/// How many looks go by before an unchanged gateway says again that it is there.
const SILENCE: u32 = 20;

/// Feeds the gateway in this process.
pub(crate) struct Feed {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) watch: Arc<Watch>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Feed {
    /// Feeds until told to stop. What fails is tried again at the next look; the gateway goes on with what it has.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut announced = self.store.revisions();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = announced.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                _ = looks.tick() => silent += 1,
            }
            match self.bring(silent >= SILENCE).await {
                Ok(Brought::Nothing) => {}
                Ok(Brought::Word) => silent = 0,
                Err(error) => warn!(
                    error = format!("{error:#}"),
                    "Could not bring a snapshot to the gateway"
                ),
            }
        }
    }

    /// Brings the newest snapshot when it is newer than the one in force.
    pub(crate) async fn bring(&self, speak: bool) -> Result<Brought> {
        let asked = self.watch.moment();
        let (epoch, revision) = self.store.reader().position().await?;
        let in_force = self.watch.applied();
        let applied = match in_force {
            Some(applied) if (applied.epoch, applied.revision) == (epoch, revision) => {
                self.watch.confirm(asked);
                if !speak {
                    return Ok(Brought::Nothing);
                }
                applied
            }
            Some(_) | None => {
                let now = self.clock.now();
                let snapshot = self.keys.snapshot(now).await?;
                let watch = Arc::clone(&self.watch);
                let offered = tokio::task::spawn_blocking(move || watch.offer(snapshot)).await;
                let applied = offered.context("compiling the snapshot did not end")??;
                self.watch.confirm(asked);
                applied
            }
        };
        debug!(
            revision = applied.revision,
            "The gateway enforces revision {}", applied.revision
        );
        let said = Acknowledgement {
            gateway: EMBEDDED,
            epoch: applied.epoch,
            revision: applied.revision,
            applied: applied.at,
        };
        self.store.acknowledge(said, self.clock.now()).await?;
        Ok(Brought::Word)
    }
}

/// What a look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    /// The newest was in force already.
    Nothing,
    /// The gateway said what it enforces.
    Word,
}
