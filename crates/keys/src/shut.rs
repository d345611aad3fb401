//! Keys whose private part does not open in its row: somebody has moved records between rows, or brought an old one back.

use gatewright_custody::SealError;
use gatewright_domain::{
    access::{Action, Caller},
    key::{KeyState, Kid, Listing, PrivateHalf, Sealed, SigningKey},
    text::Reason,
};

use crate::{
    Keys,
    moves::Seen,
    ring::RingUseError,
    signer::{self, SignerError},
};

/// What the trail says of it.
const WHY: &str = "its private part was altered, or it belongs to another row";

impl Keys {
    /// Sets every key aside that signs or stands by, and whose private part does not open in its row; another takes over.
    /// For a timed job. A key that stays shut because who holds the key-encryption key is away is none of these.
    ///
    /// # Errors
    /// `Denied` to all but the server; `Kek` when the key-encryption keys are not those of the database; `Stale`.
    pub async fn suspend_shut(&self, caller: &Caller) -> Result<Vec<Kid>, RingUseError> {
        self.check_kek().await?;
        let mut suspended = Vec::new();
        for key in self.store.reader().signing_keys().await? {
            let Some(private) = ready(&key) else { continue };
            if self.opens(&key, private).await? {
                continue;
            }
            let reason: Reason = WHY.parse().map_err(|_| RingUseError::Stale)?;
            let kid = key.kid().clone();
            let (seen, action) = (Seen::from(kid.clone()), Action::Operate);
            self.suspend_as(caller, action, seen, Listing::Listed, reason)
                .await?;
            suspended.push(kid);
        }
        Ok(suspended)
    }

    async fn opens(&self, key: &SigningKey, private: &Sealed) -> Result<bool, RingUseError> {
        let installation = self.installation().await?;
        let row = key.id().to_string();
        let place = signer::place(&installation, &row, key.kid(), key.ring());
        match self.kek.open(&place, private).await {
            Ok(_) => Ok(true),
            Err(SealError::Altered | SealError::NotARecord) => Ok(false),
            Err(cause) => {
                let kid = key.kid().clone();
                Err(SignerError::Open { kid, cause }.into())
            }
        }
    }
}

/// The private part of a key that signs or may sign next. One that is held elsewhere has none that anybody could move.
fn ready(key: &SigningKey) -> Option<&Sealed> {
    match key.state() {
        KeyState::Published { private, .. } | KeyState::Active { private, .. } => match private {
            PrivateHalf::Sealed(sealed) => Some(sealed),
            PrivateHalf::Held(_) => None,
        },
        KeyState::Staged { .. }
        | KeyState::Deactivated { .. }
        | KeyState::Suspended { .. }
        | KeyState::Retired { .. }
        | KeyState::Compromised { .. } => None,
    }
}
