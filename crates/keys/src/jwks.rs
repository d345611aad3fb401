//! The key set as it is served: from memory, so that a flood of verifiers reaches no database.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use gatewright_domain::{
    key::{KeyState, KeyStateName, Kid, Purpose, SigningKey},
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

/// Which keys a set shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySetView {
    /// Every key that is listed.
    All,
    /// Those that sign access tokens: what the verifier of one API needs. Some clients fail a whole set for one key of a
    /// kind that they do not know, so other kinds of documents stay out of their way.
    AccessTokens,
}

impl KeySetView {
    /// What it is called where fetches are kept.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::AccessTokens => "access-tokens",
        }
    }

    fn shows(self, key: &SigningKey) -> bool {
        match (self, key.ring().purpose) {
            (Self::All, _) | (Self::AccessTokens, Purpose::Access | Purpose::DevAccess) => true,
            (Self::AccessTokens, Purpose::Introspection | Purpose::StatusList) => false,
        }
    }
}

/// The key set, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwks {
    /// Which keys it shows.
    pub shown: KeySetView,
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
    all: Document,
    access_tokens: Document,
    /// The APIs whose tokens the second verifies.
    apis: Arc<BTreeSet<String>>,
}

#[derive(Clone)]
struct Document {
    body: Arc<str>,
    etag: Arc<str>,
}

impl Keys {
    /// The whole key set. Once there is one, it is served even while the database is away.
    ///
    /// # Errors
    /// Every variant of `JwksError`, when there was none before.
    pub async fn jwks(&self) -> Result<Jwks, JwksError> {
        self.key_set(KeySetView::All).await
    }

    /// The key set, or a part of it, as `jwks`.
    ///
    /// # Errors
    /// As `jwks`.
    pub async fn key_set(&self, shown: KeySetView) -> Result<Jwks, JwksError> {
        let now = self.clock.now();
        let held = self.key_sets(now).await?;
        Ok(self.set_from(&held, shown, now))
    }

    /// The keys that may have signed a token for an API; nothing where no version of such an API was ever published.
    ///
    /// # Errors
    /// As `jwks`.
    pub async fn key_set_of(&self, api: &str) -> Result<Option<Jwks>, JwksError> {
        let now = self.clock.now();
        let held = self.key_sets(now).await?;
        let is_known = held.apis.contains(api);
        Ok(is_known.then(|| self.set_from(&held, KeySetView::AccessTokens, now)))
    }

    async fn key_sets(&self, now: Timestamp) -> Result<Arc<Held>, JwksError> {
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

    fn set_from(&self, held: &Held, shown: KeySetView, now: Timestamp) -> Jwks {
        let recent = |compromised: Timestamp| now < compromised.plus(EMERGENCY);
        let max_age = self.config.jwks_max_age;
        let Document { body, etag } = held.document(shown).clone();
        Jwks {
            shown,
            revision: held.revision,
            body,
            etag,
            max_age: match held.compromised {
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
        let document = |view: KeySetView| {
            let keys = shown.iter().filter(|key| view.shows(key));
            let keys: Result<Vec<_>, JwksError> = keys.map(|key| public(key)).collect();
            let set = jwks::Jwks::of(keys?)?;
            Ok::<_, JwksError>(Document {
                body: set.body().into(),
                etag: set.etag().into(),
            })
        };
        Ok(Held {
            revision,
            looked: now,
            compromised,
            all: document(KeySetView::All)?,
            access_tokens: document(KeySetView::AccessTokens)?,
            apis: Arc::new(reader.routed_apis().await?),
        })
    }
}

impl Held {
    const fn document(&self, shown: KeySetView) -> &Document {
        match shown {
            KeySetView::All => &self.all,
            KeySetView::AccessTokens => &self.access_tokens,
        }
    }

    fn is_current(&self, announced: u64, now: Timestamp) -> bool {
        announced <= self.revision && now.since(self.looked) < GLANCE
    }

    fn seen_at(&self, now: Timestamp) -> Self {
        Self {
            revision: self.revision,
            looked: now,
            compromised: self.compromised,
            all: self.all.clone(),
            access_tokens: self.access_tokens.clone(),
            apis: Arc::clone(&self.apis),
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
