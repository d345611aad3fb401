//! Revoking: one token, or every token of an application. Gateways learn it because the revision rose.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    consumer::Application,
    handle::ApplicationHandle,
    id::TokenId,
    text::Reason,
    token::Token,
};
use gatewright_store::StoreError;

use crate::{Keys, ring::RingUseError};

/// A token that is revoked.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The token, with the moment.
    pub token: Token,
    /// The revision from which on gateways refuse it, or a later one.
    pub revision: u64,
}

/// An application whose tokens are revoked.
#[derive(Clone, Debug)]
pub struct RevokedAll {
    /// The application, with its watermark.
    pub application: Application,
    /// The revision from which on gateways refuse them, or a later one.
    pub revision: u64,
}

/// Why nothing was revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such token or application among those the caller sees.
    #[error("no such token or application")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The name is none of such a thing.
    #[error("the name is not that of such a thing; expected {expected}")]
    Malformed {
        /// What it would look like.
        expected: &'static str,
    },
    /// The key could not be declared compromised.
    #[error(transparent)]
    Key(#[from] RingUseError),
    /// The application changed meanwhile.
    #[error("the application was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the revocation could not be recorded")]
    Store(#[source] StoreError),
}

impl From<StoreError> for RevokeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Ambiguous => Self::Ambiguous,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// Revokes a token. Doing it twice answers the same as once, and leaves one event.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Store`.
    pub async fn revoke(
        &self,
        caller: &Caller,
        token: TokenId,
        reason: Option<Reason>,
    ) -> Result<Revoked, RevokeError> {
        let token = match self.try_revoke(caller, token, reason.clone()).await {
            // Somebody else revoked it at the same moment: looked at again, it is revoked.
            Err(RevokeError::Stale) => self.try_revoke(caller, token, reason).await?,
            revoked => revoked?,
        };
        let revision = self.revision().await;
        Ok(Revoked { token, revision })
    }

    async fn try_revoke(
        &self,
        caller: &Caller,
        token: TokenId,
        reason: Option<Reason>,
    ) -> Result<Token, RevokeError> {
        let now = self.clock.now();
        let reader = self.store.reader();
        let found = reader.as_seen_by(caller).find_token(token).await?;
        let on = found.subject();
        let permit = self
            .store
            .permit(caller, Action::RevokeToken, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let token = tx.token(token).await?;
                match token.clone().revoke(reason, now) {
                    Ok(change) => Ok(tx.write(change).await?),
                    Err(_already) => Ok(token),
                }
            })
            .await
    }

    /// Revokes every token of an application issued so far. New ones may be issued from the next second on.
    ///
    /// # Errors
    /// Every variant of `RevokeError`.
    pub async fn revoke_all(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        reason: Option<Reason>,
    ) -> Result<RevokedAll, RevokeError> {
        let now = self.clock.now();
        let reader = self.store.reader();
        let found = reader
            .as_seen_by(caller)
            .find_application(application)
            .await?;
        let (action, on) = (Action::RevokeAllTokens, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        let application = self
            .store
            .write(permit, now, async move |tx| {
                let application = tx.application(found.id).await?;
                let revoked = tx.write(application.revoke_tokens(reason, now)).await?;
                Ok::<_, RevokeError>(revoked)
            })
            .await?;
        let revision = self.revision().await;
        Ok(RevokedAll {
            application,
            revision,
        })
    }
}
