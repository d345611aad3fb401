//! The ring whole again: at every start one key signs and one stands by, whichever server comes first.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    audit::{Event, Kind, Outcome},
    id::KeyId,
    key::{Generated, SigningKey},
    ring::{Ring, RingError},
    time::Timestamp,
};
use gatewright_store::StoreError;
use gatewright_token::mint;

use crate::{KekError, Keys, signer::SignerError};

/// Why the ring does not move.
#[derive(Debug, thiserror::Error)]
pub enum RingUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The ring's rules refuse.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The key-encryption key is not the one the database needs.
    #[error(transparent)]
    Kek(#[from] KekError),
    /// A key could not be generated.
    #[error("could not generate a signing key")]
    Generate(#[from] SignerError),
    /// Somebody else moved the ring at the same moment.
    #[error("the keys were changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the keys could not be read or stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for RingUseError {
    fn from(error: StoreError) -> Self {
        match error {
            // The row of the active key is taken by whoever was faster.
            StoreError::Stale | StoreError::Taken { .. } => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// Checks the key-encryption key, then makes the ring whole: one key that signs, one that stands by. Makes nothing
    /// when they are there, whether they can be opened or not: a key that stays shut is never replaced.
    ///
    /// # Errors
    /// `Kek` when the key-encryption key is not the one the database needs; `Denied` to all but the server.
    pub async fn ensure_ring(&self, caller: &Caller) -> Result<(), RingUseError> {
        self.check_kek().await?;
        match self.complete(caller).await {
            // Another server was faster; what it made counts, and only what it left out is added.
            Err(RingUseError::Stale) => self.complete(caller).await,
            completed => completed,
        }
    }

    async fn complete(&self, caller: &Caller) -> Result<(), RingUseError> {
        let now = self.clock.now();
        let timing = self.config.timing;
        let shown = Ring::of(self.store.reader().signing_keys().await?, timing);
        if lacking(&shown) == 0 {
            return Ok(());
        }
        let (action, on) = (Action::Operate, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        let pair = [self.generate(now).await?, self.generate(now).await?];
        self.store
            .write(permit, now, async move |tx| {
                let ring = Ring::of(tx.keys().await?, timing);
                if ring.keys().is_empty() {
                    tx.note(formed())?;
                }
                for fresh in pair.into_iter().take(lacking(&ring)) {
                    tx.write(SigningKey::publish(fresh, now)).await?;
                }
                if ring.active().is_none() {
                    let ring = Ring::of(tx.keys().await?, timing);
                    tx.write(ring.start(now)?).await?;
                }
                Ok(())
            })
            .await
    }

    /// A fresh key pair, its private part sealed for the row it will have.
    pub(crate) async fn generate(&self, now: Timestamp) -> Result<Generated, SignerError> {
        let id = KeyId::draw(now, &*self.entropy);
        let new = mint::generate().map_err(SignerError::NotMade)?;
        Ok(Generated {
            id,
            kid: new.public.kid().clone(),
            algorithm: new.public.algorithm().name().to_owned(),
            public_jwk: new.public.to_json(),
            private: self.seal_private(id, &new).await?,
        })
    }
}

/// How many keys there are to publish until one signs and one stands by.
fn lacking(ring: &Ring) -> usize {
    usize::from(ring.active().is_none()) + usize::from(ring.standby().is_none())
}

fn formed() -> Event {
    let ring = Subject::KeyRing;
    let target = ring.target();
    Event::note(Kind::RingFormed, Outcome::Success, ring, target)
}
