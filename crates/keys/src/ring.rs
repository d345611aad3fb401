//! The rings whole again: at every start each has one key that signs and one that stands by, whichever server comes first.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    id::KeyId,
    key::{Generated, Kid, Purpose, RingName, SigningKey},
    ring::{Moves, Ring, RingError, TimingError},
    time::Timestamp,
};
use gatewright_store::{StoreError, Tx};
use gatewright_token::mint::{self, KeyFault};

use crate::{KekError, Keys, signer::SignerError};

/// Why the ring does not move.
#[derive(Debug, thiserror::Error)]
pub enum RingUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such ring.
    #[error("there is no such key ring")]
    NoSuchRing,
    /// The ring is there already.
    #[error("the ring {0} is there already")]
    Formed(RingName),
    /// The ring's rules refuse.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The key-encryption key is not the one the database needs.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// A key could not be generated.
    #[error("could not generate a signing key")]
    Generate(#[from] SignerError),
    /// The key that is to sign does not, or its public half does not verify what it signs.
    #[error("the key that is to sign did not prove itself; the log says why")]
    Prove(#[source] SignerError),
    /// Somebody else moved the ring at the same moment.
    #[error("the keys were changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the keys could not be read or stored")]
    Store(#[source] StoreError),
}

impl RingUseError {
    /// Whether who holds the keys is away, so that another attempt may do better without anybody changing anything.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Generate(cause) | Self::Prove(cause) => cause.is_away(),
            Self::Denied(_)
            | Self::NoSuchRing
            | Self::Formed(_)
            | Self::Ring(_)
            | Self::Kek(_)
            | Self::Stale
            | Self::Store(_) => false,
        }
    }
}

impl From<StoreError> for RingUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NoSuchRing,
            // The row of the ring or of the active key is taken by whoever was faster.
            StoreError::Stale | StoreError::Taken { .. } => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl From<TimingError> for RingUseError {
    fn from(error: TimingError) -> Self {
        Self::Ring(error.into())
    }
}

/// A ring that moved.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The ring as it stands now.
    pub ring: Ring,
    /// The keys that changed, in that order of events; one that changed twice stands there twice.
    pub keys: Vec<SigningKey>,
    /// The revision from which on gateways know it.
    pub revision: u64,
}

impl Keys {
    /// The rings that every installation has: those that sign access tokens, and the one that signs what introspection
    /// answers.
    #[must_use]
    pub fn own_rings(&self) -> [RingName; 3] {
        let algorithm = self.config.token_algorithm;
        [Purpose::Access, Purpose::DevAccess, Purpose::Introspection]
            .map(|purpose| RingName { purpose, algorithm })
    }

    /// Checks the key-encryption key, then makes the rings whole: one key of each signs, one stands by. Makes nothing
    /// when they are there, whether they can be opened or not: a key that stays shut is never replaced.
    ///
    /// # Errors
    /// `Kek` when the key-encryption key is not the one the database needs; `Denied` to all but the server.
    pub async fn ensure_ring(&self, caller: &Caller) -> Result<(), RingUseError> {
        self.check_kek().await?;
        for name in self.own_rings() {
            self.ensure(caller, name).await?;
        }
        Ok(())
    }

    /// Makes the ring that signs status lists whole.
    ///
    /// # Errors
    /// As `ensure_ring`.
    pub(crate) async fn ensure_status_ring(&self) -> Result<(), RingUseError> {
        let (purpose, algorithm) = (Purpose::StatusList, self.config.token_algorithm);
        let name = RingName { purpose, algorithm };
        self.ensure(&Caller::job("status-lists"), name).await
    }

    async fn ensure(&self, caller: &Caller, name: RingName) -> Result<(), RingUseError> {
        match self.complete(caller, name).await {
            // Another server was faster; what it made counts, and only what it left out is added.
            Err(RingUseError::Stale) => self.complete(caller, name).await,
            completed => completed,
        }
    }

    async fn complete(&self, caller: &Caller, name: RingName) -> Result<(), RingUseError> {
        let shown = self.read_ring(name).await?;
        if shown.as_ref().is_some_and(Ring::is_whole) {
            return Ok(());
        }
        let now = self.clock.now();
        let (action, on) = (Action::Operate, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        let fresh = [
            self.generate(name, now).await?,
            self.generate(name, now).await?,
        ];
        let timing = self.config.timing;
        self.store
            .write(permit, now, async move |tx| {
                let moves = match tx.ring(name).await {
                    Err(StoreError::NotFound) => Ring::form(name, timing, fresh, now)?,
                    Err(error) => return Err(error.into()),
                    Ok(record) => {
                        let ring = Ring::of(record, tx.keys().await?, timing);
                        ring.mend(fresh.into(), now)?
                    }
                };
                write_all(tx, moves).await
            })
            .await?;
        self.forget_keys();
        Ok(())
    }

    /// A fresh key pair, made by whoever makes them here; its private part is sealed for the row it will have, or stays where it
    /// was made. Made where waiting harms nobody.
    pub(crate) async fn generate(
        &self,
        ring: RingName,
        now: Timestamp,
    ) -> Result<Generated, SignerError> {
        let id = KeyId::draw(now, &*self.entropy);
        match self.generate_elsewhere(id, ring, now).await? {
            Some(made) => Ok(made),
            None => self.generate_here(id, ring).await,
        }
    }

    async fn generate_here(&self, id: KeyId, ring: RingName) -> Result<Generated, SignerError> {
        let made = tokio::task::spawn_blocking(move || mint::generate(ring.algorithm)).await;
        let made = made.unwrap_or(Err(KeyFault::NotMade));
        let new = made.map_err(SignerError::NotMade)?;
        Ok(Generated {
            id,
            kid: new.public.kid().clone(),
            ring,
            public_jwk: new.public.to_json(),
            private: self.seal_private(id, ring, &new).await?.into(),
        })
    }

    /// Two fresh keys to take the place of one that must stop, or as many as can be had now: it stops whether or not another
    /// can be made. Where nobody could sign after it, one is made here.
    pub(crate) async fn generate_in_need(
        &self,
        ring: RingName,
        lost: &Kid,
        now: Timestamp,
    ) -> Result<Vec<Generated>, SignerError> {
        let mut fresh = Vec::with_capacity(2);
        while fresh.len() < 2 {
            match self.generate(ring, now).await {
                Ok(made) => fresh.push(made),
                Err(error @ (SignerError::NotMadeThere { .. } | SignerError::NotHeld { .. })) => {
                    tracing::warn!(%error, %ring, "No fresh key of {ring} could be made where they are made; one is made as soon as it can");
                    break;
                }
                Err(other) => return Err(other),
            }
        }
        let shown = self.read_ring(ring).await?;
        let is_last = |ring: &Ring| {
            let signs = ring.active().is_some_and(|active| active.kid() == lost);
            signs && ring.standby().is_none()
        };
        if fresh.is_empty() && shown.as_ref().is_some_and(is_last) {
            tracing::warn!(%ring, "A key of {ring} is made here, because nobody could sign otherwise");
            let id = KeyId::draw(now, &*self.entropy);
            fresh.push(self.generate_here(id, ring).await?);
        }
        Ok(fresh)
    }

    /// A ring as it is stored now.
    pub(crate) async fn read_ring(&self, name: RingName) -> Result<Option<Ring>, StoreError> {
        let rings = self.read_rings().await?;
        Ok(rings.into_iter().find(|ring| ring.name() == name))
    }

    /// Every ring as it is stored now, in the order of purposes and algorithms.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn read_rings(&self) -> Result<Vec<Ring>, StoreError> {
        let reader = self.store.reader();
        let (records, keys) = (reader.key_rings().await?, reader.signing_keys().await?);
        let timing = self.config.timing;
        let rings = records
            .into_iter()
            .map(|record| Ring::of(record, keys.clone(), timing));
        Ok(rings.collect())
    }

    /// Which ring a key is in.
    pub(crate) async fn ring_of(&self, kid: &Kid) -> Result<RingName, RingUseError> {
        let keys = self.store.reader().signing_keys().await?;
        let found = keys.iter().find(|key| key.kid() == kid);
        Ok(found.ok_or(RingError::NoSuchKey)?.ring())
    }
}

/// Writes what a ring's move changes, and gives the keys back as stored.
pub(crate) async fn write_all(
    tx: &mut Tx<'_>,
    moves: Moves,
) -> Result<Vec<SigningKey>, RingUseError> {
    let Moves { ring, keys } = moves;
    if let Some(ring) = ring {
        tx.write(ring).await?;
    }
    let mut moved = Vec::with_capacity(keys.len());
    for change in keys {
        moved.push(tx.write(change).await?);
    }
    Ok(moved)
}
