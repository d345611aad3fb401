//! API keys: issued and shown once, revoked at once, and recognised by their text. What is kept of one is a fingerprint.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Denied},
    api_key::{ApiKey, ApiKeyError, ApiKeyWish, Drawn, Standing},
    audit::Aggregate,
    consumer::Application,
    credential::{self, CredentialKind, NotACredential},
    handle::ApplicationHandle,
    id::ApiKeyId,
    secret::Secret,
    text::Reason,
    time::Timestamp,
    token::{Token, TokenError},
};
use gatewright_store::StoreError;

use crate::Keys;

/// The longest a caller waits until a revocation of everything has passed: such a watermark is the next whole second.
const PATIENCE: Duration = Duration::from_secs(1);

/// An API key, with its text for the only time there is.
#[derive(Debug)]
pub struct IssuedApiKey {
    /// What is kept of it.
    pub key: ApiKey,
    /// What the application sends.
    pub text: Secret<String>,
}

/// An API key that is revoked.
#[derive(Clone, Debug)]
pub struct RevokedApiKey {
    /// The key, with the moment.
    pub key: ApiKey,
    /// The revision from which on gateways refuse it, or a later one.
    pub revision: u64,
}

/// An API key that was known by its text.
#[derive(Clone, Debug)]
pub struct RecognisedApiKey {
    /// The key.
    pub key: ApiKey,
    /// Whose it is.
    pub application: Application,
    /// Whether it is good for anything now.
    pub standing: Standing,
}

/// Why no API key was issued or revoked.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API key or application among those the caller sees.
    #[error("no such API key or application")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] ApiKeyError),
    /// What was drawn is no credential, which no entropy makes it.
    #[error("the API key could not be drawn")]
    Drawn(#[from] NotACredential),
    /// The application changed meanwhile.
    #[error("the application was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the API key could not be recorded")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ApiKeyUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Ambiguous => Self::Ambiguous,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl ApiKeyUseError {
    /// After how long another attempt may do better; nothing when it would not.
    fn pause(&self, now: Timestamp) -> Option<Duration> {
        if let Self::Refused(ApiKeyError::Refused(TokenError::TooSoon(passed))) = self {
            return Some(passed.since(now)).filter(|pause| *pause <= PATIENCE);
        }
        matches!(self, Self::Stale).then_some(Duration::ZERO)
    }
}

impl Keys {
    /// Issues an API key for an application. Right after a revocation of everything it waits for the second to pass.
    ///
    /// # Errors
    /// Every variant of `ApiKeyUseError`.
    pub async fn issue_api_key(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        wish: ApiKeyWish,
    ) -> Result<IssuedApiKey, ApiKeyUseError> {
        let sight = self.store.reader().as_seen_by(caller);
        let application = sight.find_application(application).await?;
        let now = self.clock.now();
        let first = self
            .try_issue_api_key(caller, &application, wish.clone(), now)
            .await;
        let Some(pause) = first.as_ref().err().and_then(|error| error.pause(now)) else {
            return first;
        };
        tokio::time::sleep(pause).await;
        let now = self.clock.now();
        self.try_issue_api_key(caller, &application, wish, now)
            .await
    }

    async fn try_issue_api_key(
        &self,
        caller: &Caller,
        application: &Application,
        wish: ApiKeyWish,
        now: Timestamp,
    ) -> Result<IssuedApiKey, ApiKeyUseError> {
        let entitlements = self.store.reader().entitlements(application.id).await?;
        let teams = Token::reach(&entitlements, &wish.scopes).map_err(ApiKeyError::from)?;
        let on = application.grant(teams);
        let permit = self
            .store
            .permit(caller, Action::IssueApiKey, on, now)
            .await?;
        let text = credential::draw(CredentialKind::ApiKey, &*self.entropy);
        let fingerprint =
            text.lend(|text| credential::fingerprint(CredentialKind::ApiKey, text))?;
        let drawn = Drawn {
            id: ApiKeyId::draw(now, &*self.entropy),
            fingerprint,
            hint: text.lend(|text| credential::hint(CredentialKind::ApiKey, text)),
        };
        let application = application.id;
        let key = self
            .store
            .write(permit, now, async move |tx| {
                let application = tx.application(application).await?;
                let entitlements = tx.entitlements(application.id).await?;
                let change = ApiKey::issue(&application, &entitlements, wish, drawn, now)?;
                Ok::<_, ApiKeyUseError>(tx.write(change).await?)
            })
            .await?;
        Ok(IssuedApiKey { key, text })
    }

    /// Revokes an API key. Doing it twice answers the same as once, and leaves one event.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Stale`; `Store`.
    pub async fn revoke_api_key(
        &self,
        caller: &Caller,
        key: ApiKeyId,
        reason: Option<Reason>,
    ) -> Result<RevokedApiKey, ApiKeyUseError> {
        let key = match self.try_revoke_api_key(caller, key, reason.clone()).await {
            // Somebody else revoked it at the same moment: looked at again, it is revoked.
            Err(ApiKeyUseError::Stale) => self.try_revoke_api_key(caller, key, reason).await?,
            revoked => revoked?,
        };
        let revision = self.revision().await;
        Ok(RevokedApiKey { key, revision })
    }

    async fn try_revoke_api_key(
        &self,
        caller: &Caller,
        key: ApiKeyId,
        reason: Option<Reason>,
    ) -> Result<ApiKey, ApiKeyUseError> {
        let now = self.clock.now();
        let reader = self.store.reader();
        let found = reader.as_seen_by(caller).find_api_key(key).await?;
        let on = found.subject();
        let permit = self
            .store
            .permit(caller, Action::RevokeApiKey, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let key = tx.api_key(key).await?;
                match key.clone().revoke(reason, now) {
                    Ok(change) => Ok(tx.write(change).await?),
                    Err(_already) => Ok(key),
                }
            })
            .await
    }

    /// The API key that a text is, wherever it stands now; nothing for a text that is none, or none of ours. A mistyped
    /// one is told by its checksum, before any look-up. Unscoped: for those who were asked about the text itself.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn recognise_api_key(
        &self,
        text: &str,
    ) -> Result<Option<RecognisedApiKey>, StoreError> {
        let Ok(fingerprint) = credential::fingerprint(CredentialKind::ApiKey, text) else {
            return Ok(None);
        };
        let (reader, now) = (self.store.reader(), self.clock.now());
        let found = reader.api_key_by_fingerprint(&fingerprint).await?;
        Ok(found.map(|(key, application)| RecognisedApiKey {
            standing: key.standing(&application, now),
            key,
            application,
        }))
    }
}
