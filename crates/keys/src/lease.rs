//! The lease to sign: the rings as this server has read them, no longer ago than it may go on signing by them.
//!
//! Invariant I13: a server that cannot read the rings signs nothing once what it read is older than the leeway, so a key
//! that was stopped elsewhere signs nothing outside the window that verifiers accept. Invariant I4: the moment at which
//! the last token of a key may end is raised before a signature is made, a minute ahead, so that not every token writes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use gatewright_domain::{
    key::{Kid, Provider, RingName, SigningKey},
    plan::Lifetime,
    ring::Ring,
    time::Timestamp,
};
use gatewright_store::StoreError;
use tokio::sync::Mutex;

use crate::{Keys, signer::SignerError};

/// How long what another server may have changed can go unnoticed. What this one changed is seen at once.
const GLANCE: Duration = Duration::from_secs(1);

/// The most that what was read may age while the store does not answer (keys-and-tokens section 1.3), and never more than
/// half of the leeway: the other half is for clocks that differ.
const MAX_STALENESS: Duration = Duration::from_secs(15);

/// How far ahead the end of a key's last token is reserved.
const BLOCK: Duration = Duration::from_secs(60);

/// The rings as they were read last, and how far ahead each key's last token is reserved.
#[derive(Default)]
pub(crate) struct Kept {
    read: ArcSwapOption<Read>,
    reserved: ArcSwapOption<BTreeMap<Kid, Timestamp>>,
    reading: Mutex<()>,
}

struct Read {
    rings: Arc<[Ring]>,
    revision: u64,
    at: Timestamp,
}

impl Kept {
    /// Drops what was read: the rings have moved.
    pub(crate) fn forget(&self) {
        self.read.store(None);
    }

    fn is_reserved(&self, kid: &Kid, expires: Timestamp) -> bool {
        let reserved = self.reserved.load();
        let until = reserved.as_ref().and_then(|reserved| reserved.get(kid));
        until.is_some_and(|until| expires <= *until)
    }

    fn reserve(&self, kid: &Kid, until: Timestamp) {
        self.reserved.rcu(|reserved| {
            let mut next = reserved.as_deref().cloned().unwrap_or_default();
            let known = next.entry(kid.clone()).or_insert(until);
            *known = until.max(*known);
            Some(Arc::new(next))
        });
    }
}

impl Keys {
    /// The key of a ring that signs now, with room for a document that ends then. What it signs before the lease is over
    /// lies within the window that verifiers accept.
    ///
    /// # Errors
    /// `NoKey`; `Lease` when the store has not answered for too long; `Clock` when ours is behind; `Skew` when it is not
    /// the database's; `NotHeld` while who holds the key does not sign with it; `Store`.
    pub(crate) async fn leased(
        &self,
        name: RingName,
        expires: Timestamp,
    ) -> Result<SigningKey, SignerError> {
        match self.try_leased(name, expires).await {
            // The key was stopped by another server since the rings were read.
            Err(SignerError::Store(StoreError::Stale)) => {
                self.lease.forget();
                self.try_leased(name, expires).await
            }
            leased => leased,
        }
    }

    /// The same, with room for every token that the ring signs now, and how long the longest of them lives.
    ///
    /// # Errors
    /// As `leased`.
    pub(crate) async fn leased_whole(
        &self,
        name: RingName,
    ) -> Result<(SigningKey, Lifetime), SignerError> {
        let rings = self.rings().await?;
        let ring = rings.iter().find(|ring| ring.name() == name);
        let longest = ring.ok_or(SignerError::NoKey)?.timing().max_lifetime;
        let expires = self.clock.now().plus(longest.duration());
        Ok((self.leased(name, expires).await?, longest))
    }

    async fn try_leased(
        &self,
        name: RingName,
        expires: Timestamp,
    ) -> Result<SigningKey, SignerError> {
        self.is_in_time()?;
        let rings = self.rings().await?;
        let ring = rings.iter().find(|ring| ring.name() == name);
        let key = ring.and_then(Ring::active).ok_or(SignerError::NoKey)?;
        let (now, leeway) = (self.clock.now(), self.config.timing.leeway);
        if let Some((begins, _)) = key.window()
            && now.plus(leeway) < begins
        {
            return Err(SignerError::Clock { now, begins });
        }
        // Before anything is written down for a signature that cannot be had.
        if key.provider() != Provider::Software {
            self.signer(key).await?;
        }
        if !self.lease.is_reserved(key.kid(), expires) {
            let until = expires.plus(BLOCK);
            self.store.reserve_expiry(key.kid(), until).await?;
            self.lease.reserve(key.kid(), until);
        }
        Ok(key.clone())
    }

    /// The rings, read no longer ago than one may sign by them.
    pub(crate) async fn rings(&self) -> Result<Arc<[Ring]>, SignerError> {
        let read = self.lease.read.load_full();
        if let Some(read) = read.filter(|read| self.is_current(read)) {
            return Ok(Arc::clone(&read.rings));
        }
        // One at a time: those who waited find it done.
        let _one = self.lease.reading.lock().await;
        let read = self.lease.read.load_full();
        if let Some(read) = read.as_ref().filter(|read| self.is_current(read)) {
            return Ok(Arc::clone(&read.rings));
        }
        let now = self.clock.now();
        let lease = MAX_STALENESS.min(self.config.timing.leeway / 2);
        match (self.read_anew(now).await, read) {
            (Ok(anew), _) => {
                let rings = Arc::clone(&anew.rings);
                self.lease.read.store(Some(Arc::new(anew)));
                Ok(rings)
            }
            (Err(error), Some(read)) if read.at <= now && now.since(read.at) <= lease => {
                tracing::warn!(%error, "Signing by the key rings as they were read before: they could not be read again");
                Ok(Arc::clone(&read.rings))
            }
            (Err(cause), Some(_)) => Err(SignerError::Lease { cause }),
            (Err(error), None) => Err(error.into()),
        }
    }

    async fn read_anew(&self, now: Timestamp) -> Result<Read, StoreError> {
        // Read before the keys: what is added in between is looked at once more, and nothing is missed.
        let revision = self.store.reader().revision().await?;
        let rings = self.read_rings().await?.into();
        Ok(Read {
            rings,
            revision,
            at: now,
        })
    }

    fn is_current(&self, read: &Read) -> bool {
        let (announced, now) = (*self.store.revisions().borrow(), self.clock.now());
        announced <= read.revision && read.at <= now && now.since(read.at) < GLANCE
    }

    /// Drops every key that is open and every ring that was read: they have moved.
    pub(crate) fn forget_keys(&self) {
        self.signer.forget();
        self.lease.forget();
    }
}
