//! Traffic: what gateways counted, refused and enforce. None of it is audited: it is measured, not decided.

use std::collections::BTreeMap;

use gatewright_domain::{
    id::{ApplicationId, GatewayId, VersionId},
    operation::Method,
    record::{AccessRecord, Batch},
    time::Timestamp,
    token::Jti,
};
use gatewright_store::{
    StoreError,
    quiet::{acknowledgements::Acknowledgement, token_operations::Called, usage::Tally},
};
use tracing::warn;

use crate::Registry;

/// The snapshot that a gateway enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its epoch.
    pub epoch: u64,
    /// Its revision.
    pub revision: u64,
}

/// What makes two calls of one hour count together.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Together {
    hour: Timestamp,
    version: Option<VersionId>,
    operation: Option<(Method, String)>,
    application: Option<ApplicationId>,
    status: u16,
    refused: Option<String>,
}

#[derive(Default)]
struct Sum {
    calls: u64,
    bytes: u64,
}

impl Registry {
    /// Takes what a gateway tells of its traffic: adds up its records, keeps its refusals, notes which tokens were used, and for what.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record(&self, gateway: GatewayId, batch: Batch) -> Result<(), StoreError> {
        let Batch {
            records,
            decisions,
            dropped,
        } = batch;
        if dropped > 0 {
            warn!(gateway.id = %gateway, dropped, "A gateway lost {dropped} access records");
        }
        let decisions = decisions.into_iter().map(|mut decision| {
            decision.gateway = Some(gateway);
            decision
        });
        self.store.keep_decisions(decisions.collect()).await?;
        self.store.touch_tokens(&last_uses(&records)).await?;
        self.store.note_operations(operations(&records)).await?;
        self.store.add_usage(tallies(records)).await
    }

    /// Takes note of the snapshot that a gateway enforces, from now on or still.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn acknowledge(&self, gateway: GatewayId, is: Applied) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Applied { epoch, revision } = is;
        let acknowledgement = Acknowledgement {
            gateway,
            epoch,
            revision,
            applied: now,
        };
        self.store.acknowledge(acknowledgement, now).await
    }
}

fn last_uses(records: &[AccessRecord]) -> Vec<(Jti, Timestamp)> {
    let mut last: BTreeMap<&Jti, Timestamp> = BTreeMap::new();
    for record in records {
        if let Some(jti) = &record.jti {
            let at = last.entry(jti).or_insert(record.at);
            *at = record.at.max(*at);
        }
    }
    last.into_iter()
        .map(|(jti, at)| (jti.clone(), at))
        .collect()
}

/// The operations that tokens have called, each with when it was last. What was refused was not called.
fn operations(records: &[AccessRecord]) -> BTreeMap<Called, Timestamp> {
    let mut last: BTreeMap<Called, Timestamp> = BTreeMap::new();
    for record in records.iter().filter(|record| record.refused.is_none()) {
        if let (Some(jti), Some(version), Some((method, path))) =
            (&record.jti, record.version, &record.operation)
        {
            let called = Called {
                jti: jti.clone(),
                version,
                method: *method,
                path: path.clone(),
            };
            let at = last.entry(called).or_insert(record.at);
            *at = record.at.max(*at);
        }
    }
    last
}

fn tallies(records: Vec<AccessRecord>) -> Vec<Tally> {
    let mut sums: BTreeMap<Together, Sum> = BTreeMap::new();
    for record in records {
        let bytes = record.bytes;
        let sum = sums.entry(Together::of(record)).or_default();
        sum.calls += 1;
        sum.bytes = sum.bytes.saturating_add(bytes);
    }
    sums.into_iter()
        .map(|(together, sum)| together.tally(&sum))
        .collect()
}

impl Together {
    fn of(record: AccessRecord) -> Self {
        let AccessRecord {
            at,
            version,
            operation,
            application,
            refused,
            status,
            ..
        } = record;
        Self {
            hour: at.hour(),
            version,
            operation,
            application,
            status,
            refused,
        }
    }

    fn tally(self, sum: &Sum) -> Tally {
        let Self {
            hour,
            version,
            operation,
            application,
            status,
            refused,
        } = self;
        let Sum { calls, bytes } = *sum;
        Tally {
            hour,
            version,
            operation,
            application,
            status,
            refused,
            calls,
            bytes,
        }
    }
}
