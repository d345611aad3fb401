//! Access records on their way out: a bounded queue that never makes a request wait. What does not fit is counted.

use std::{cell::Cell, sync::Arc, time::Duration};

use gatewright_domain::{
    id::GatewayId,
    record::{AccessRecord, Batch, Decision},
    time::Timestamp,
};
use tokio::sync::mpsc;

use crate::meter::Meter;

/// Records that wait to be collected: a hundred and sixty thousand requests per second.
const QUEUE: usize = 16_384;

/// Batches that wait to be taken by whoever embeds the gateway.
const BATCHES: usize = 4;

/// The most records of a batch.
const BATCH: usize = 4_096;

/// How many refusals of a minute each thread hands on with all their steps. Nobody reads more, and whoever can send requests
/// must not be able to fill a disk with their explanations. Every refusal is still answered with its reason and counted.
const EXPLAINED_A_MINUTE: u32 = 1_000;

/// How often records are collected. The collector sleeps in between rather than on the queue, so that putting a record
/// into it wakes nobody.
const EVERY: Duration = Duration::from_millis(100);

/// One request's record, with its decision if it was refused.
type Entry = (AccessRecord, Option<Box<Decision>>);

/// Where one thread hands its records in.
pub(crate) struct Desk {
    pub(crate) meter: Arc<Meter>,
    pub(crate) gateway: Option<GatewayId>,
    /// The minute it is, and how many refusals of it were handed on.
    explained: Cell<(i64, u32)>,
    queue: mpsc::Sender<Entry>,
}

/// The one who empties the queue.
pub(crate) struct Collector {
    queue: mpsc::Receiver<Entry>,
    batches: mpsc::Sender<Batch>,
    meters: Vec<Arc<Meter>>,
    told: u64,
}

/// A queue: what goes in by `desks` comes out of the receiver, once `Collector::run` runs.
pub(crate) fn queue(
    meters: Vec<Arc<Meter>>,
    gateway: Option<GatewayId>,
) -> (Vec<Desk>, Collector, mpsc::Receiver<Batch>) {
    let (to_queue, from_queue) = mpsc::channel(QUEUE);
    let (to_batches, batches) = mpsc::channel(BATCHES);
    let desk = |meter: &Arc<Meter>| Desk {
        meter: Arc::clone(meter),
        gateway,
        explained: Cell::default(),
        queue: to_queue.clone(),
    };
    let desks = meters.iter().map(desk).collect();
    let collector = Collector {
        queue: from_queue,
        batches: to_batches,
        meters,
        told: 0,
    };
    (desks, collector, batches)
}

impl Desk {
    /// Hands a record in, or counts it as dropped; the decision with it, while there is room for more in this minute.
    pub(crate) fn put(&self, record: AccessRecord, decision: Option<Box<Decision>>) {
        let decision = decision.filter(|_| self.has_room(record.at));
        if self.queue.try_send((record, decision)).is_err() {
            self.meter.dropped();
        }
    }

    fn has_room(&self, now: Timestamp) -> bool {
        let minute = now.seconds().div_euclid(60);
        let (counted, so_far) = self.explained.get();
        let so_far = if counted == minute { so_far } else { 0 };
        let room = so_far < EXPLAINED_A_MINUTE;
        if room {
            self.explained.set((minute, so_far + 1));
        } else {
            self.meter.unexplained();
        }
        room
    }
}

impl Collector {
    /// Collects until every desk is gone and the queue is empty, or nobody takes batches any more.
    pub(crate) async fn run(mut self) {
        loop {
            tokio::time::sleep(EVERY).await;
            loop {
                let batch = self.collect();
                let full = batch.records.len() == BATCH;
                if !batch.is_empty() && self.batches.send(batch).await.is_err() {
                    return;
                }
                if !full {
                    break;
                }
            }
            if self.queue.is_closed() && self.queue.is_empty() {
                return;
            }
        }
    }

    fn collect(&mut self) -> Batch {
        let mut batch = Batch::default();
        while let Ok((record, decision)) = self.queue.try_recv() {
            batch.records.push(record);
            batch.decisions.extend(decision.map(|decision| *decision));
            if batch.records.len() == BATCH {
                break;
            }
        }
        let dropped = Meter::sum(self.meters.iter().map(AsRef::as_ref)).dropped;
        batch.dropped = dropped - self.told;
        self.told = dropped;
        batch
    }
}
