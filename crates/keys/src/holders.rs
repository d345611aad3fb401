//! Who holds signing keys outside this process: which of them makes new ones, how each feels, and the end of the keys that are
//! over.
//!
//! Invariant: a key is destroyed only when no server can sign with it any more: the move that ended it is committed, and the
//! leases under which others may not have noticed are over.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use gatewright_custody::{HolderError, KeyHolder, PublicHalf};
use gatewright_domain::{
    id::KeyId,
    key::{Generated, Held, KeyState, Kid, PrivateHalf, RingName, SigningKey},
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::{
    jwk::{Numbers, PublicJwk},
    mint::KeyFault,
};
use serde::Serialize;

use crate::{Keys, signer::SignerError};

/// How long a key that ended is left, and one that was made for a move that did not happen: twice what a server may sign by
/// rings it read before, and longer than a move takes.
const REST: Duration = Duration::from_secs(60);

/// Those who hold signing keys.
#[derive(Default)]
pub(crate) struct Holders {
    /// Who makes new keys; nobody where this program does.
    birth: Option<Arc<Holder>>,
    all: Vec<Arc<Holder>>,
    /// Keys that were made, until it is seen that they have a row.
    made: Mutex<BTreeMap<KeyId, (Held, Timestamp)>>,
}

/// One of them.
pub(crate) struct Holder {
    pub(crate) door: KeyHolder,
    feels: ArcSwapOption<Result<Duration, HolderError>>,
}

/// Who holds signing keys, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HolderRow {
    /// Its provider and its name: `pkcs11:gatewright`, `vault:transit`.
    pub holder: String,
    /// Whether new keys are made there.
    pub makes_keys: bool,
    /// How many keys it holds that sign or may come to.
    pub keys: u64,
    /// How long it took to sign when it was asked last, in microseconds; nothing when it failed, or was never asked.
    pub took_us: Option<u64>,
    /// Why it does not sign.
    pub failure: Option<String>,
}

impl Holders {
    /// The first makes new keys; of two with one name, the one that was named first counts.
    fn new(birth: Option<KeyHolder>, others: Vec<KeyHolder>) -> Self {
        let holder = |door| {
            Arc::new(Holder {
                door,
                feels: ArcSwapOption::empty(),
            })
        };
        let birth = birth.map(holder);
        let mut all: Vec<Arc<Holder>> = birth.iter().cloned().collect();
        for other in others.into_iter().map(holder) {
            if all
                .iter()
                .all(|known| known.to_string() != other.to_string())
            {
                all.push(other);
            }
        }
        Self {
            birth,
            all,
            made: Mutex::default(),
        }
    }

    pub(crate) fn of(&self, held: &Held) -> Option<Arc<Holder>> {
        let (name, _) = held.parts();
        let mut all = self.all.iter();
        let found = all
            .find(|holder| holder.door.provider() == held.provider && holder.door.name() == name);
        found.cloned()
    }

    fn made<R>(&self, ask: impl FnOnce(&mut BTreeMap<KeyId, (Held, Timestamp)>) -> R) -> R {
        ask(&mut self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Holder {
    /// Keeps what came of asking it.
    pub(crate) fn felt(&self, outcome: Result<Duration, HolderError>) {
        self.feels.store(Some(Arc::new(outcome)));
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.door.fmt(f)
    }
}

impl Keys {
    /// The same, with signing keys that others hold: new ones are made by `birth`, and those of the others go on where they are.
    #[must_use]
    pub fn signing_in(self, birth: Option<KeyHolder>, others: Vec<KeyHolder>) -> Self {
        let holders = Arc::new(Holders::new(birth, others));
        Self { holders, ..self }
    }

    /// A fresh key pair, made by whoever makes new keys; nothing where that is this program. It has proved itself.
    pub(crate) async fn generate_elsewhere(
        &self,
        id: KeyId,
        ring: RingName,
        now: Timestamp,
    ) -> Result<Option<Generated>, SignerError> {
        let Some(holder) = self.holders.birth.clone() else {
            return Ok(None);
        };
        let bytes = id.uuid().into_bytes();
        let held = Held {
            provider: holder.door.provider(),
            reference: format!("{}/{}", holder.door.name(), holder.door.key_of(&bytes)),
        };
        // Before it is made, so that it is found whatever happens meanwhile.
        self.holders
            .made(|made| made.insert(id, (held.clone(), now)));
        let made = holder.door.generate(ring.algorithm, &bytes).await;
        let (_, public) = made.map_err(|cause| {
            holder.felt(Err(cause.clone()));
            SignerError::NotMadeThere {
                holder: holder.to_string(),
                cause,
            }
        })?;
        let public = PublicJwk::own(ring.algorithm, numbers(public));
        let public = public.map_err(|fault| SignerError::NotMade(KeyFault::Public(fault)))?;
        let generated = Generated {
            id,
            kid: public.kid().clone(),
            ring,
            public_jwk: public.to_json(),
            private: PrivateHalf::Held(held.clone()),
        };
        self.held_key(held, public, holder).ready().await?;
        Ok(Some(generated))
    }

    /// Has every key that signs or stands by elsewhere prove itself, and every holder without one say whether it is there. For
    /// a timed job, and for whoever wants to know now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ask_holders(&self) -> Result<(), StoreError> {
        if self.holders.all.is_empty() {
            return Ok(());
        }
        let keys = self.store.reader().signing_keys().await?;
        for holder in &self.holders.all {
            let mut theirs = keys.iter().filter(|key| is_ready(key));
            let one = theirs.find(|key| self.is_in(holder, key));
            match one {
                // What came of it is kept where it is proved.
                Some(key) => drop(self.prove(key).await),
                None => {
                    let began = std::time::Instant::now();
                    let checked = holder.door.check().await;
                    holder.felt(checked.map(|()| began.elapsed()));
                }
            }
        }
        Ok(())
    }

    /// Those who hold signing keys, as they felt when they were asked last; none where every key is here.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holders(&self) -> Result<Vec<HolderRow>, StoreError> {
        if self.holders.all.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.store.reader().signing_keys().await?;
        let shown = self.holders.all.iter().map(|holder| {
            let theirs = keys.iter().filter(|key| self.is_in(holder, key));
            let feels = holder.feels.load_full();
            let feels = feels.as_deref();
            HolderRow {
                holder: holder.to_string(),
                makes_keys: self
                    .holders
                    .birth
                    .as_ref()
                    .is_some_and(|birth| Arc::ptr_eq(birth, holder)),
                keys: u64::try_from(theirs.count()).unwrap_or(u64::MAX),
                took_us: feels
                    .and_then(|felt| felt.as_ref().ok())
                    .map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
                failure: feels
                    .and_then(|felt| felt.as_ref().err())
                    .map(ToString::to_string),
            }
        });
        Ok(shown.collect())
    }

    fn is_in(&self, holder: &Arc<Holder>, key: &SigningKey) -> bool {
        let Some(PrivateHalf::Held(held)) = key.state().private() else {
            return false;
        };
        let found = self.holders.of(held);
        found.is_some_and(|found| Arc::ptr_eq(&found, holder))
    }

    /// Destroys where they are held the keys that have ended, and those that were made for a move that did not happen; says
    /// which. What cannot be destroyed now is tried again. For a timed job.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn destroy_leftovers(&self) -> Result<Vec<Kid>, StoreError> {
        if self.holders.all.is_empty() {
            return Ok(Vec::new());
        }
        let before = self.clock.now().minus(REST);
        self.destroy_unused(before).await?;
        let mut destroyed = Vec::new();
        for gone in self.store.leftovers(before).await? {
            if self.destroy(&gone.held).await {
                self.store.forget_leftover(&gone).await?;
                destroyed.push(gone.kid);
            }
        }
        Ok(destroyed)
    }

    /// Keys that were made and have no row. One that was made when this server died is left in its holder, where its label says
    /// what it is.
    async fn destroy_unused(&self, before: Timestamp) -> Result<(), StoreError> {
        let old: Vec<(KeyId, Held)> = self.holders.made(|made| {
            let old = made.iter().filter(|(_, (_, at))| *at < before);
            old.map(|(id, (held, _))| (*id, held.clone())).collect()
        });
        if old.is_empty() {
            return Ok(());
        }
        let keys = self.store.reader().signing_keys().await?;
        for (id, held) in old {
            let has_a_row = keys.iter().any(|key| key.id() == id);
            if has_a_row || self.destroy(&held).await {
                self.holders.made(|made| made.remove(&id));
            }
        }
        Ok(())
    }

    async fn destroy(&self, held: &Held) -> bool {
        let Some(holder) = self.holders.of(held) else {
            return false;
        };
        let (_, key) = held.parts();
        match holder.door.destroy(key).await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(%held, %error, "Could not destroy the key {held}; it is tried again");
                false
            }
        }
    }
}

/// Whether a key signs, or may be the next that does.
fn is_ready(key: &SigningKey) -> bool {
    matches!(
        key.state(),
        KeyState::Active { .. } | KeyState::Published { .. }
    )
}

fn numbers(half: PublicHalf) -> Numbers {
    match half {
        PublicHalf::Point { x, y } => Numbers::Curve { x, y },
        PublicHalf::Edwards(x) => Numbers::Edwards { x },
        PublicHalf::Rsa { n, e } => Numbers::Rsa { n, e },
    }
}
