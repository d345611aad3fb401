//! Says in the log when versions begin and cease to be refused because the gateway is out of date. Nothing is decided here.

use std::{sync::Arc, time::Duration};

use tracing::{info, warn};

use crate::{meter::Meter, table::StaleVersions, watch::Watch};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(500);

/// The one who looks.
pub(crate) struct Sentinel {
    watch: Arc<Watch>,
    meters: Vec<Arc<Meter>>,
    /// What was said last.
    said: StaleVersions,
    /// How many requests had been refused for it when it began.
    before: u64,
}

impl Sentinel {
    /// One that has said nothing yet.
    pub(crate) fn new(watch: Arc<Watch>, meters: Vec<Arc<Meter>>) -> Self {
        Self {
            watch,
            meters,
            said: StaleVersions::default(),
            before: 0,
        }
    }

    /// Looks, for ever.
    pub(crate) async fn run(mut self) {
        loop {
            self.look();
            tokio::time::sleep(EVERY).await;
        }
    }

    fn look(&mut self) {
        let stale = self.watch.stale_versions();
        if stale == self.said {
            return;
        }
        let count = Meter::sum(self.meters.iter().map(AsRef::as_ref)).stale;
        if self.said == StaleVersions::default() {
            self.before = count;
        }
        if stale == StaleVersions::default() {
            let requests = count - self.before;
            info!(
                requests,
                "Up to date again; {requests} requests were refused meanwhile"
            );
        } else {
            let (StaleVersions { reads, writes }, age_s) = (stale, self.watch.age().as_secs());
            warn!(
                age_s,
                reads,
                writes,
                "Out of touch for {age_s} s: refusing reads of {reads} versions and writes of {writes}, as they ask for"
            );
        }
        self.said = stale;
    }
}
