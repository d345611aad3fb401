//! What the two ends of one connection tell each other: the wire below hyper, and the exchange above it.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::{framing::Fault, way::Peer};

/// One connection. Lives on one thread.
#[derive(Debug)]
pub(crate) struct Line {
    peer: Peer,
    heads: Cell<u64>,
    begun: Cell<u64>,
    answered: Cell<u64>,
    /// Since when nothing has happened, as long as nothing does.
    quiet_since: Cell<Instant>,
    receiving: Cell<bool>,
    refused: Cell<Option<Fault>>,
    broken: Cell<Option<Fault>>,
}

impl Line {
    /// A connection of a client.
    pub(crate) fn of(peer: Peer) -> Self {
        Self {
            peer,
            heads: Cell::new(0),
            begun: Cell::new(0),
            answered: Cell::new(0),
            quiet_since: Cell::new(Instant::now()),
            receiving: Cell::new(false),
            refused: Cell::new(None),
            broken: Cell::new(None),
        }
    }

    /// The client.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The wire has a part of a head.
    pub(crate) fn head_begun(&self) {
        self.receiving.set(true);
    }

    /// The wire has passed a head on.
    pub(crate) fn head_passed(&self) {
        self.receiving.set(false);
        self.heads.set(self.heads.get() + 1);
    }

    /// The wire has found a head that it does not pass on. It passes one of its own making on instead, so that the exchange
    /// can answer, and nothing after it.
    pub(crate) fn head_refused(&self, fault: Fault) {
        self.head_passed();
        self.refused.set(Some(fault));
    }

    /// The exchange begins with the next head. Gives the fault when it is the one that was refused, which is the last.
    pub(crate) fn begin(&self) -> Option<Fault> {
        self.begun.set(self.begun.get() + 1);
        self.refused
            .get()
            .filter(|_| self.begun.get() == self.heads.get())
    }

    /// The exchange has sent all of an answer, or given it up, at this moment.
    pub(crate) fn answered(&self, now: Instant) {
        self.answered.set(self.answered.get() + 1);
        self.quiet_since.set(now);
    }

    /// Whether a request is being answered, so that the client has no reason to say anything.
    pub(crate) fn is_busy(&self) -> bool {
        self.answered.get() < self.heads.get()
    }

    /// When to look again whether the connection is idle; nothing when it has been for so long.
    pub(crate) fn look_again(&self, idle: Duration) -> Option<Instant> {
        let now = Instant::now();
        if self.is_busy() || self.receiving.get() {
            return Some(now + idle);
        }
        let end = self.quiet_since.get() + idle;
        (now < end).then_some(end)
    }

    /// The wire has found a body that cannot be followed.
    pub(crate) fn body_broken(&self, fault: Fault) {
        self.broken.set(Some(fault));
    }

    /// Why the body of the request that is being answered cannot be followed, if so.
    pub(crate) fn broken(&self) -> Option<Fault> {
        self.broken.get()
    }
}
