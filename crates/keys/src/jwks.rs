//! The key set as it is served: from memory, so that a flood of verifiers reaches no database.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use gatewright_domain::{key::Kid, time::Timestamp};
use gatewright_store::{StoreError, views::token_algorithms::Reach};
use gatewright_token::{jwk::NotAJwk, jwks::NotAKeySet};
use tokio::sync::Mutex;

use crate::{
    Keys,
    key_sets::{Document, Sets},
};

/// How long what another process may have changed can go unnoticed. What this one changed is seen at once.
const GLANCE: Duration = Duration::from_secs(1);

/// J after a compromise, and for how long: verifiers that come by then will not keep a key that falls next.
const EMERGENCY_MAX_AGE: Duration = Duration::from_secs(30);
const EMERGENCY: Duration = Duration::from_secs(24 * 3600);

/// The key set, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwks {
    /// Which keys it shows: `all`, or those of access tokens with these algorithms, as `ES256+RS256`.
    pub shown: Arc<str>,
    /// The revision at which it was made.
    pub revision: u64,
    /// The document, `application/json`: the active key first, then those that come to sign, then those that did; and that for
    /// one algorithm after the other, the one that signs first.
    pub body: Arc<str>,
    /// Its strong entity tag, quotes included.
    pub etag: Arc<str>,
    /// How long others may keep it; 30 seconds during the day after a compromise.
    pub max_age: Duration,
}

/// Why there is no key set.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// A stored public key is none.
    #[error("the public key of {kid} cannot be read")]
    Key {
        /// The key.
        kid: Kid,
        /// Why.
        #[source]
        cause: NotAJwk,
    },
    /// The keys make no set.
    #[error("the keys make no key set")]
    Set(#[from] NotAKeySet),
    /// The store failed.
    #[error("the keys could not be read")]
    Store(#[from] StoreError),
}

/// The sets that were made last, and who may make the next ones.
#[derive(Default)]
pub(crate) struct Kept {
    held: ArcSwapOption<Held>,
    making: Mutex<()>,
}

struct Held {
    revision: u64,
    looked: Timestamp,
    sets: Sets,
}

impl Keys {
    /// The whole key set. Once there is one, it is served even while the database is away.
    ///
    /// # Errors
    /// Every variant of `JwksError`, when there was none before.
    pub async fn jwks(&self) -> Result<Jwks, JwksError> {
        let now = self.clock.now();
        let held = self.held_sets(now).await?;
        Ok(self.set_from(&held, &held.sets.all, now))
    }

    /// The keys that may have signed a token for an API, or may come to; nothing where no version of such an API was ever
    /// published.
    ///
    /// # Errors
    /// As `jwks`.
    pub async fn key_set_of(&self, api: &str) -> Result<Option<Jwks>, JwksError> {
        let now = self.clock.now();
        let held = self.held_sets(now).await?;
        let found = held.sets.of_apis.get(api);
        let published = found.filter(|found| found.reach == Reach::Published);
        Ok(published.map(|found| self.set_from(&held, &found.document, now)))
    }

    /// The same, whether or not anything of the API was published; nothing where it was registered just now.
    pub(crate) async fn key_set_to_be(&self, api: &str) -> Result<Option<Jwks>, JwksError> {
        let now = self.clock.now();
        let held = self.held_sets(now).await?;
        let found = held.sets.of_apis.get(api);
        Ok(found.map(|found| self.set_from(&held, &found.document, now)))
    }

    async fn held_sets(&self, now: Timestamp) -> Result<Arc<Held>, JwksError> {
        let announced = *self.store.revisions().borrow();
        let held = self.key_set.held.load_full();
        match held {
            Some(held) if held.is_current(announced, now) => Ok(held),
            // Somebody is looking already, and nothing says that this is not the newest: no need to wait for them.
            Some(held) if announced <= held.revision && self.key_set.making.try_lock().is_err() => {
                Ok(held)
            }
            _ => self.look_again(now).await,
        }
    }

    fn set_from(&self, held: &Held, document: &Document, now: Timestamp) -> Jwks {
        let recent = |compromised: Timestamp| now < compromised.plus(EMERGENCY);
        let max_age = self.config.jwks_max_age;
        let Document { shown, body, etag } = document.clone();
        Jwks {
            shown,
            revision: held.revision,
            body,
            etag,
            max_age: match held.sets.compromised {
                Some(compromised) if recent(compromised) => max_age.min(EMERGENCY_MAX_AGE),
                Some(_) | None => max_age,
            },
        }
    }

    /// One at a time: those who waited find it done.
    async fn look_again(&self, now: Timestamp) -> Result<Arc<Held>, JwksError> {
        let _one = self.key_set.making.lock().await;
        let announced = *self.store.revisions().borrow();
        let held = self.key_set.held.load_full();
        if let Some(held) = held.as_ref().filter(|held| held.is_current(announced, now)) {
            return Ok(Arc::clone(held));
        }
        let next = match (self.make_key_sets(held.as_deref(), now).await, held) {
            (Ok(next), _) => next,
            (Err(error), Some(held)) => {
                tracing::warn!(%error, "Serving the key set as it was: it could not be read again");
                held.seen_at(now)
            }
            (Err(error), None) => return Err(error),
        };
        let next = Arc::new(next);
        self.key_set.held.store(Some(Arc::clone(&next)));
        Ok(next)
    }

    async fn make_key_sets(&self, held: Option<&Held>, now: Timestamp) -> Result<Held, JwksError> {
        // Read before the keys: what is added in between is looked at once more, and nothing is missed.
        let revision = self.store.reader().revision().await?;
        // What time alone takes out of a set goes with the next change of anything: until then it holds a key too many.
        if let Some(held) = held.filter(|held| held.revision == revision) {
            return Ok(held.seen_at(now));
        }
        let at_start = held.map(|held| Arc::clone(&held.sets.at_start));
        Ok(Held {
            revision,
            looked: now,
            sets: self.read_sets(at_start, now).await?,
        })
    }
}

impl Held {
    fn is_current(&self, announced: u64, now: Timestamp) -> bool {
        announced <= self.revision && now.since(self.looked) < GLANCE
    }

    fn seen_at(&self, now: Timestamp) -> Self {
        Self {
            revision: self.revision,
            looked: now,
            sets: self.sets.clone(),
        }
    }
}
