//! Tokens that name a key of an outside issuer which is not known: told by gateways, acted on by the clock's own task, so that
//! nobody waits for a fetch and nobody can make this machine fetch at will.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use gatewright_domain::{id::OutsideIssuerId, record::Decision, refusal::Refusal};
use tokio::sync::Notify;

use crate::Keys;

/// The issuers whose keys may have changed. No larger than the list of issuers: the same one twice is there once.
#[derive(Default)]
pub(crate) struct Surprises {
    waiting: Mutex<BTreeSet<OutsideIssuerId>>,
    bell: Notify,
}

/// The most that wait: ids come from gateways, and whoever holds a gateway's token could invent them.
const MOST: usize = 1000;

impl Keys {
    /// Takes note of refusals that newer keys could mend.
    pub fn note_surprises<'a>(&self, decisions: impl IntoIterator<Item = &'a Decision>) {
        let issuers = decisions.into_iter().filter_map(|decision| {
            let Refusal::IssuerKeyUnknown { issuer } = decision.refusal else {
                return None;
            };
            Some(issuer)
        });
        let mut waiting = self.surprises.waiting();
        for issuer in issuers {
            if waiting.len() < MOST {
                waiting.insert(issuer);
                self.surprises.bell.notify_one();
            }
        }
    }

    /// Waits until there are some, and takes them.
    pub async fn surprises(&self) -> BTreeSet<OutsideIssuerId> {
        self.surprises.bell.notified().await;
        std::mem::take(&mut *self.surprises.waiting())
    }
}

impl Surprises {
    fn waiting(&self) -> std::sync::MutexGuard<'_, BTreeSet<OutsideIssuerId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
