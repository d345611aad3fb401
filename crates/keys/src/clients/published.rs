//! The key sets that clients publish at an address of their own (`jwks_uri`, RFC 7591 section 2): fetched when an assertion needs
//! them, through the same narrow door as the keys of outside issuers, and kept in memory.
//!
//! Invariant: whatever anybody sends, an address is asked by one at a time, at most once in 30 seconds, and not within 60 of a
//! failure (keys-and-tokens section 5, P22 and P23). Who hangs up meanwhile does not make it be asked again.

use std::{convert::Infallible, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use gatewright_domain::{id::ApplicationId, outside::KeySetAddress, time::Timestamp};
use gatewright_token::client_keys::ClientKeys;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use crate::{Keys, fetch::Document};

/// How many clients' sets are remembered: some kilobytes each.
const CLIENTS: usize = 10_000;

/// How long a set is good when its owner does not say.
const USUAL: Duration = Duration::from_secs(300);

/// The shortest and the longest that an owner may say: below, we would be a burden; above, a key that was withdrawn there
/// would prove something here for too long.
const BOUNDS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(3600)];

/// How long the last good set is used while its address fails.
const WITHOUT_NEWS: Duration = Duration::from_secs(86_400);

/// How long nothing is asked after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// How long nothing is asked after anything was asked.
const AFTER_ASKING: Duration = Duration::from_secs(30);

/// The sets of the clients that were met.
pub(crate) struct Published(Cache<ApplicationId, Arc<Place>>);

impl Default for Published {
    fn default() -> Self {
        Self(Cache::new(CLIENTS))
    }
}

/// What is known of an address.
struct Place {
    address: KeySetAddress,
    kept: ArcSwap<Kept>,
    asking: Arc<Mutex<()>>,
}

#[derive(Clone, Default)]
struct Kept {
    /// The last good set, when it was taken and until when it is good.
    set: Option<(Arc<ClientKeys>, Timestamp, Timestamp)>,
    /// When it was asked last, and whether that failed.
    asked: Option<(Timestamp, Outcome)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Good,
    Failed,
}

/// Why a set is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// A client proves itself.
    Proof,
    /// A client proves itself with a key that the set there is does not have.
    Surprise,
}

impl Kept {
    fn may_be_asked(&self, need: Need, now: Timestamp) -> bool {
        let rested = self.asked.is_none_or(|(at, outcome)| {
            let rest = match outcome {
                Outcome::Good => AFTER_ASKING,
                Outcome::Failed => AFTER_FAILURE,
            };
            at.plus(rest) <= now
        });
        let is_good = |set: &(Arc<ClientKeys>, Timestamp, Timestamp)| now < set.2;
        rested && (need == Need::Surprise || !self.set.as_ref().is_some_and(is_good))
    }

    fn usable(&self, now: Timestamp) -> Option<Arc<ClientKeys>> {
        let (set, taken, _) = self.set.as_ref()?;
        (now < taken.plus(WITHOUT_NEWS)).then(|| Arc::clone(set))
    }

    fn after(&self, fetched: Option<(ClientKeys, Duration)>, now: Timestamp) -> Self {
        match fetched {
            Some((set, age)) => Self {
                set: Some((Arc::new(set), now, now.plus(age))),
                asked: Some((now, Outcome::Good)),
            },
            None => Self {
                set: self.set.clone(),
                asked: Some((now, Outcome::Failed)),
            },
        }
    }
}

impl Keys {
    /// The keys that a client publishes at an address, as far as they can be had now.
    pub(super) async fn published_keys(
        &self,
        client: ApplicationId,
        address: &KeySetAddress,
        need: Need,
    ) -> Option<Arc<ClientKeys>> {
        let (place, now) = (self.place_of(client, address), self.clock.now());
        let before = place.kept.load_full();
        if !before.may_be_asked(need, now) {
            return before.usable(now);
        }
        let one = Arc::clone(&place.asking).lock_owned().await;
        let current = place.kept.load_full();
        if !Arc::ptr_eq(&before, &current) {
            // Somebody else has asked meanwhile.
            return current.usable(now);
        }
        let (asking, fetch) = (Arc::clone(&place), Arc::clone(&self.fetch));
        // To its end, whoever waits for it.
        let asked = tokio::task::spawn_blocking(move || {
            let document = fetch.fetch(asking.address.as_str());
            let read = document
                .map_err(|fault| fault.to_string())
                .and_then(|document| read(&document));
            if let Err(why) = &read {
                tracing::info!(application.id = %client, %why, "The key set of {client} could not be fetched");
            }
            asking.kept.store(Arc::new(current.after(read.ok(), now)));
            drop(one);
        });
        // Should the thread have panicked, nothing was kept, and what there was is used.
        let _ = asked.await;
        place.kept.load().usable(now)
    }

    fn place_of(&self, client: ApplicationId, address: &KeySetAddress) -> Arc<Place> {
        let known = self.published.0.get(&client);
        if let Some(place) = known.filter(|place| place.address == *address) {
            return place;
        }
        let fresh = || {
            Arc::new(Place {
                address: address.clone(),
                kept: ArcSwap::default(),
                asking: Arc::default(),
            })
        };
        match self
            .published
            .0
            .get_or_insert_with(&client, || Ok::<_, Infallible>(fresh()))
        {
            Ok(place) if place.address == *address => place,
            // It has another address now, and nothing is known of that.
            Ok(_) => {
                let place = fresh();
                self.published.0.insert(client, Arc::clone(&place));
                place
            }
            Err(never) => match never {},
        }
    }
}

fn read(document: &Document) -> Result<(ClientKeys, Duration), String> {
    let keys = ClientKeys::read(&document.bytes).map_err(|fault| fault.to_string())?;
    let [shortest, longest] = BOUNDS;
    let age = document.max_age.unwrap_or(USUAL).clamp(shortest, longest);
    Ok((keys, age))
}
