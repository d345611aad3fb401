//! After a restore: nothing that was revoked since the copy was made is accepted again, and no key signs that may have been
//! stolen since.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    key::{KeyState, Kid},
    ring::RingError,
    snapshot::VerificationState,
    text::{Reason, TextError},
};
use gatewright_store::{Line, Recovered, StoreError, Trust};

use crate::{Keys, ring::RingUseError};

/// What is believed of the time between the copy and the restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// Nothing. Every token is refused, and every key is replaced: whoever stole one since would still have it.
    Nothing,
    /// That whoever remembers has told of every revocation, keys included. Tokens and keys go on.
    TheTold,
}

/// What reconciling did.
#[derive(Clone, Debug)]
pub struct Reconciled {
    /// What was taken over.
    pub recovered: Recovered,
    /// The keys that were declared compromised.
    pub replaced: Vec<Kid>,
}

/// Why a restored installation is not served from yet.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The reason that stands in the trail is none.
    #[error(transparent)]
    Reason(#[from] TextError),
    /// A key could not be replaced.
    #[error("a key could not be replaced")]
    Key(#[from] RingUseError),
    /// The store failed.
    #[error("what was revoked could not be taken over")]
    Store(#[from] StoreError),
}

/// Why, for the trail.
const WHY: &str = "restored from a backup; nobody can vouch for what was revoked since";

impl Keys {
    /// Takes over what others remember, refuses what nobody can vouch for, and lets the installation be served from. May be
    /// repeated until it has ended.
    ///
    /// # Errors
    /// Every variant of `ReconcileError`; then the installation is still marked as restored.
    pub async fn reconcile(
        &self,
        caller: &Caller,
        told: Vec<Line>,
        belief: Belief,
    ) -> Result<Reconciled, ReconcileError> {
        let now = self.clock.now();
        self.check_kek().await.map_err(RingUseError::from)?;
        let permit = || {
            self.store
                .permit(caller, Action::Restore, Subject::Installation, now)
        };
        let reason: Reason = WHY.parse()?;
        let trust = match belief {
            Belief::TheTold => Trust::Tokens,
            Belief::Nothing => Trust::Nothing {
                issuer: self.config.issuer.clone(),
                reason: reason.clone(),
            },
        };
        let recovered = self
            .store
            .recover(permit().await?, told, trust, now)
            .await?;
        let mut replaced = Vec::new();
        for kid in self.suspects(belief).await? {
            match self.compromise(caller, &kid, reason.clone()).await {
                Ok(done) => replaced.push(done.key.kid().clone()),
                Err(RingUseError::Ring(RingError::NoSuchKey)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        self.store.reconciled(permit().await?, now).await?;
        Ok(Reconciled {
            recovered,
            replaced,
        })
    }

    /// The keys that must not go on: those that were declared compromised, or all.
    async fn suspects(&self, belief: Belief) -> Result<Vec<Kid>, StoreError> {
        let reader = self.store.reader();
        let snapshot = reader
            .snapshot(&self.config.terms(), self.clock.now())
            .await?;
        let refused = |kid: &Kid| {
            let mut keys = snapshot.keys.iter();
            keys.any(|key| key.kid == *kid && key.state == VerificationState::Compromised)
        };
        let keys = reader.signing_keys().await?;
        let restored = reader.installation().await?.restored;
        let suspect = keys.iter().filter(|key| match key.state() {
            KeyState::Retired { .. } | KeyState::Compromised { .. } => false,
            KeyState::Staged { .. }
            | KeyState::Published { .. }
            | KeyState::Active { .. }
            | KeyState::Deactivated { .. }
            | KeyState::Suspended { .. } => {
                let known_to_thieves = restored.is_some_and(|at| key.generated() <= at);
                refused(key.kid()) || (belief == Belief::Nothing && known_to_thieves)
            }
        });
        Ok(suspect.map(|key| key.kid().clone()).collect())
    }
}
