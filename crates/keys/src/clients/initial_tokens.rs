//! Initial access tokens: operators mint and revoke them, so that programs register themselves as applications of a consumer.

use gatewright_domain::{
    access::{Action, Actor, Caller, Denied},
    audit::Aggregate,
    client::{DrawnInitialToken, InitialToken, InitialTokenError, InitialTokenWish},
    credential::{self, CredentialKind, NotACredential},
    handle::ConsumerHandle,
    id::InitialTokenId,
    secret::Secret,
    text::Reason,
};
use gatewright_store::StoreError;

use crate::Keys;

/// An initial access token, with its text for the only time there is.
#[derive(Debug)]
pub struct IssuedInitialToken {
    /// What is kept of it.
    pub token: InitialToken,
    /// What programs register themselves with.
    pub text: Secret<String>,
}

/// Why no initial access token was minted or revoked.
#[derive(Debug, thiserror::Error)]
pub enum InitialTokenUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such consumer or token.
    #[error("no such consumer or initial access token")]
    NotFound,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] InitialTokenError),
    /// What was drawn is no credential, which no entropy makes it.
    #[error("the initial access token could not be drawn")]
    Drawn(#[from] NotACredential),
    /// Somebody else changed it meanwhile.
    #[error("the initial access token was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the initial access token could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for InitialTokenUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// Mints an initial access token for a consumer.
    ///
    /// # Errors
    /// Every variant of `InitialTokenUseError`.
    pub async fn issue_initial_token(
        &self,
        caller: &Caller,
        consumer: &ConsumerHandle,
        wish: InitialTokenWish,
    ) -> Result<IssuedInitialToken, InitialTokenUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_consumer(consumer).await?;
        let (action, on) = (Action::IssueInitialToken, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        const KIND: CredentialKind = CredentialKind::InitialToken;
        let text = credential::draw(KIND, &*self.entropy);
        let drawn = DrawnInitialToken {
            id: InitialTokenId::draw(now, &*self.entropy),
            fingerprint: text.lend(|text| credential::fingerprint(KIND, text))?,
            hint: text.lend(|text| credential::hint(KIND, text)),
            issuer: match caller.actor() {
                Actor::Operator { id, .. } => Some(*id),
                Actor::CommandLine
                | Actor::Job(_)
                | Actor::Gateway(_)
                | Actor::Application(_)
                | Actor::Newcomer(_)
                | Actor::Founder
                | Actor::Stranger => None,
            },
        };
        let token = self
            .store
            .write(permit, now, async move |tx| {
                let consumer = tx.consumer(found.id).await?;
                let issued = InitialToken::issue(&consumer, wish, drawn, now)?;
                Ok::<_, InitialTokenUseError>(tx.write(issued).await?)
            })
            .await?;
        Ok(IssuedInitialToken { token, text })
    }

    /// Revokes an initial access token, at once. The applications that were registered with it stay.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Refused`; `Stale`; `Store`.
    pub async fn revoke_initial_token(
        &self,
        caller: &Caller,
        token: InitialTokenId,
        reason: Option<Reason>,
    ) -> Result<InitialToken, InitialTokenUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_initial_token(token).await?;
        let (action, on) = (Action::RevokeInitialToken, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let token = tx.initial_token_alone(token).await?;
                Ok(tx.write(token.revoke(reason, now)?).await?)
            })
            .await
    }
}
