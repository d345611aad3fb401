//! The key set as it is served: from memory, so that a flood of verifiers reaches no database.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use gatewright_domain::{
    key::{KeyState, KeyStateName, Kid, SigningKey},
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::{
    jwk::{NotAJwk, PublicJwk},
    jwks::{self, NotAKeySet},
};
use tokio::sync::Mutex;

use crate::Keys;

/// How long what another process may have changed can go unnoticed. What this one changed is seen at once.
const GLANCE: Duration = Duration::from_secs(1);

/// J after a compromise, and for how long: verifiers that come by then will not keep a key that falls next.
const EMERGENCY_MAX_AGE: Duration = Duration::from_secs(30);
const EMERGENCY: Duration = Duration::from_secs(24 * 3600);

/// The key set, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwks {
    /// Which keys it shows: `all`, or the name of an API.
    pub shown: String,
    /// The revision at which it was made.
    pub revision: u64,
    /// The document, `application/json`: the active key first, then those that come to sign, then those that did.
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

/// The set that was made last, and who may make the next one.
#[derive(Default)]
pub(crate) struct Kept {
    held: ArcSwapOption<Held>,
    making: Mutex<()>,
}

struct Held {
    revision: u64,
    looked: Timestamp,
    compromised: Option<Timestamp>,
    body: Arc<str>,
    etag: Arc<str>,
}

impl Keys {
    /// The key set. Once there is one, it is served even while the database is away.
    ///
    /// # Errors
    /// Every variant of `JwksError`, when there was none before.
    pub async fn jwks(&self) -> Result<Jwks, JwksError> {
        let now = self.clock.now();
        let announced = *self.store.revisions().borrow();
        let held = self.key_set.held.load_full();
        let held = match held {
            Some(held) if held.is_current(announced, now) => held,
            // Somebody is looking already, and nothing says that this is not the newest: no need to wait for them.
            Some(held) if announced <= held.revision && self.key_set.making.try_lock().is_err() => {
                held
            }
            _ => self.look_again(now).await?,
        };
        let recent = |compromised: Timestamp| now < compromised.plus(EMERGENCY);
        let max_age = self.config.jwks_max_age;
        Ok(Jwks {
            shown: "all".to_owned(),
            revision: held.revision,
            body: Arc::clone(&held.body),
            etag: Arc::clone(&held.etag),
            max_age: match held.compromised {
                Some(compromised) if recent(compromised) => max_age.min(EMERGENCY_MAX_AGE),
                Some(_) | None => max_age,
            },
        })
    }

    /// One at a time: those who waited find it done.
    async fn look_again(&self, now: Timestamp) -> Result<Arc<Held>, JwksError> {
        let _one = self.key_set.making.lock().await;
        let announced = *self.store.revisions().borrow();
        let held = self.key_set.held.load_full();
        if let Some(held) = held.as_ref().filter(|held| held.is_current(announced, now)) {
            return Ok(Arc::clone(held));
        }
        let next = match (self.make_key_set(held.as_deref(), now).await, held) {
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

    async fn make_key_set(&self, held: Option<&Held>, now: Timestamp) -> Result<Held, JwksError> {
        let reader = self.store.reader();
        // Read before the keys: what is added in between is looked at once more, and nothing is missed.
        let revision = reader.revision().await?;
        if let Some(held) = held.filter(|held| held.revision == revision) {
            return Ok(held.seen_at(now));
        }
        let keys = reader.signing_keys().await?;
        let compromised = keys.iter().filter_map(compromised).max();
        // A key that was withdrawn when it was suspended is in no set.
        let mut shown: Vec<&SigningKey> =
            keys.iter().filter(|key| key.state().is_listed()).collect();
        // The ring of programs first: many clients take the first key for the one that signs what they get.
        shown.sort_by_key(|key| key.ring().purpose);
        let set = jwks::Jwks::of(
            shown
                .into_iter()
                .map(public)
                .collect::<Result<Vec<_>, _>>()?,
        )?;
        Ok(Held {
            revision,
            looked: now,
            compromised,
            body: set.body().into(),
            etag: set.etag().into(),
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
            compromised: self.compromised,
            body: Arc::clone(&self.body),
            etag: Arc::clone(&self.etag),
        }
    }
}

fn public(key: &SigningKey) -> Result<(KeyStateName, PublicJwk), JwksError> {
    let public = key.public_jwk().parse().map_err(|cause| JwksError::Key {
        kid: key.kid().clone(),
        cause,
    })?;
    Ok((key.state().name(), public))
}

fn compromised(key: &SigningKey) -> Option<Timestamp> {
    match key.state() {
        KeyState::Compromised { at } => Some(*at),
        KeyState::Staged { .. }
        | KeyState::Published { .. }
        | KeyState::Active { .. }
        | KeyState::Deactivated { .. }
        | KeyState::Suspended { .. }
        | KeyState::Retired { .. } => None,
    }
}
