//! The snapshot in force: offered from outside, read by every request without a lock.
//!
//! Invariant: within an epoch the revision never goes backwards, and the epoch never does.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::{ArcSwapOption, Guard};
use gatewright_domain::{
    id::InstallationId,
    snapshot::{SCHEMA, Snapshot},
    time::{Clock, Timestamp},
};
use tokio::sync::watch;

use crate::{
    currency::{Currency, Moment},
    table::{StaleVersions, Table},
};

/// The place of the snapshot in force.
pub struct Watch {
    table: ArcSwapOption<Table>,
    applied: watch::Sender<Option<Applied>>,
    currency: Currency,
    clock: Arc<dyn Clock>,
    portal: String,
    /// One snapshot is compiled at a time; requests never wait for it.
    compiling: Mutex<()>,
}

/// A snapshot that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its epoch.
    pub epoch: u64,
    /// Its revision.
    pub revision: u64,
    /// Since when.
    pub at: Timestamp,
}

/// Why a snapshot is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// It is older than the one in force.
    #[error(
        "the snapshot {offered:?} (epoch, revision) is older than {in_force:?}, which is in force"
    )]
    Backwards {
        /// Epoch and revision of the snapshot.
        offered: (u64, u64),
        /// Epoch and revision of the one in force.
        in_force: (u64, u64),
    },
    /// It has a shape that this program does not read.
    #[error("the snapshot has schema {0}, and this gateway reads schema {SCHEMA}")]
    Schema(u16),
    /// It is of another installation than the one in force.
    #[error("the snapshot is of installation {offered}, and {in_force} is in force")]
    OtherInstallation {
        /// Where it comes from.
        offered: InstallationId,
        /// Whose is in force.
        in_force: InstallationId,
    },
}

impl Watch {
    /// A place with no snapshot yet.
    #[must_use]
    pub(crate) fn new(clock: Arc<dyn Clock>, portal: String) -> Self {
        Self {
            table: ArcSwapOption::empty(),
            applied: watch::Sender::new(None),
            currency: Currency::none(Arc::clone(&clock)),
            clock,
            portal,
            compiling: Mutex::new(()),
        }
    }

    /// Puts a snapshot in force, for every request that begins after this returns. Offering the one in force again changes
    /// nothing. Compiling takes time in proportion to the snapshot; large ones belong on a thread that may block.
    ///
    /// # Errors
    /// When it is not taken; what was in force stays so.
    pub fn offer(&self, snapshot: Snapshot) -> Result<Applied, OfferError> {
        if snapshot.schema != SCHEMA {
            return Err(OfferError::Schema(snapshot.schema));
        }
        // A panic while compiling left the table as it was, so the lock's poison means nothing.
        let _one_at_a_time = self
            .compiling
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let before = self.table.load_full();
        if let Some(before) = before.as_deref() {
            let (offered, in_force) = (snapshot.installation, before.installation);
            if offered != in_force {
                return Err(OfferError::OtherInstallation { offered, in_force });
            }
            let offered = (snapshot.epoch, snapshot.revision);
            let in_force = (before.epoch, before.revision);
            if offered < in_force {
                return Err(OfferError::Backwards { offered, in_force });
            }
            if let Some(applied) = self.applied().filter(|_| offered == in_force) {
                return Ok(applied);
            }
        }
        let now = self.clock.now();
        let table = Table::of(snapshot, before.as_deref(), &self.portal, now);
        if let Some(before) = before.as_deref() {
            table.verifier.disown(&before.verifier);
        }
        let (epoch, revision, at) = (table.epoch, table.revision, self.clock.now());
        self.table.store(Some(Arc::new(table)));
        let applied = Applied {
            epoch,
            revision,
            at,
        };
        self.applied.send_replace(Some(applied));
        Ok(applied)
    }

    /// What is in force.
    #[must_use]
    pub fn applied(&self) -> Option<Applied> {
        *self.applied.borrow()
    }

    /// What is in force, as it changes.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<Option<Applied>> {
        self.applied.subscribe()
    }

    /// This moment, for `confirm`.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.currency.moment()
    }

    /// Says that what is in force was the newest there was, as the control plane itself said at this moment.
    pub fn confirm(&self, moment: Moment) {
        self.currency.confirm(moment);
    }

    /// Says that what is in force was the newest at one of these moments, before a restart.
    pub(crate) fn recall(&self, moments: impl IntoIterator<Item = Timestamp>) {
        self.currency.recall(moments);
    }

    /// How long ago it was known, for the last time, that what is in force is the newest.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.currency.age()
    }

    /// How many versions are refused now because of that age.
    pub(crate) fn stale_versions(&self) -> StaleVersions {
        let table = self.table.load();
        let table = table.as_ref();
        table.map_or_else(StaleVersions::default, |table| {
            table.stale_versions(self.age())
        })
    }

    /// The shortest time that a version in force allows the gateway to be out of touch, if any bounds it.
    pub(crate) fn patience(&self) -> Option<Duration> {
        self.table
            .load()
            .as_ref()
            .and_then(|table| table.patience())
    }

    /// The table in force. Held for one judgement, never while waiting.
    pub(crate) fn table(&self) -> Guard<Option<Arc<Table>>> {
        self.table.load()
    }
}
