//! Client secrets come and go, two at once at most; and what a client may ask for is edited.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    client::{
        self, Ceiling, ClientSecret, ClientSecretError, ClientTerms, DrawnSecret, Ending,
        Registration, SecretId,
    },
    handle::{ApiHandle, ApplicationHandle},
    revision::Revision,
    secret::Secret,
    text::Reason,
};
use gatewright_store::{StoreError, expect};

use super::known::{Unknowable, judge};
use crate::{Keys, clients::PepperError};

/// A secret to issue.
#[derive(Clone, Copy, Debug)]
pub struct SecretWish {
    /// When it ends by itself.
    pub ending: Ending,
    /// How long the secrets there are work beside it; nothing leaves them as they are.
    pub overlap: Option<Duration>,
}

/// A secret, with its text for the only time there is.
#[derive(Debug)]
pub struct IssuedSecret {
    /// What is kept of it.
    pub secret: ClientSecret,
    /// What the client sends.
    pub text: Secret<String>,
}

/// Why a client or its secrets were not changed.
#[derive(Debug, thiserror::Error)]
pub enum ClientSecretUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such application or secret.
    #[error("no such application or secret")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] ClientSecretError),
    /// Nobody could be known to be it.
    #[error(transparent)]
    Unknowable(#[from] Unknowable),
    /// It cannot be hashed.
    #[error("the secret could not be hashed")]
    Pepper(#[from] PepperError),
    /// Somebody else changed it meanwhile.
    #[error("the client was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the client could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ClientSecretUseError {
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
    /// Issues a secret to an application.
    ///
    /// # Errors
    /// Every variant of `ClientSecretUseError`.
    pub async fn issue_client_secret(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        wish: SecretWish,
    ) -> Result<IssuedSecret, ClientSecretUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_application(application).await?;
        let (action, on) = (Action::IssueClientSecret, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        let (id, text) = client::draw(&*self.entropy);
        let hmac = self.pepper().await?.hash(&text);
        let drawn = DrawnSecret { id, hmac };
        let secret = self
            .store
            .write(permit, now, async move |tx| {
                let application = tx.application_alone(found.id).await?;
                let others = tx.client_secrets(&application).await?;
                let issued = ClientSecret::issue(&application, &others, drawn, wish.ending, now)?;
                if let Some(overlap) = wish.overlap {
                    for other in others.into_iter().filter(|other| other.works(now)) {
                        tx.write(other.overlap(overlap, now)?).await?;
                    }
                }
                Ok::<_, ClientSecretUseError>(tx.write(issued).await?)
            })
            .await?;
        Ok(IssuedSecret { secret, text })
    }

    /// Revokes a secret of an application, at once.
    ///
    /// # Errors
    /// Every variant of `ClientSecretUseError` but `Pepper`.
    pub async fn revoke_client_secret(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        secret: &SecretId,
        reason: Option<Reason>,
    ) -> Result<ClientSecret, ClientSecretUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_application(application).await?;
        let (action, on) = (Action::RevokeClientSecret, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let application = tx.application(found.id).await?;
                let secrets = tx.client_secrets(&application).await?;
                let mut secrets = secrets.into_iter();
                let secret = secrets.find(|one| one.id() == secret);
                let secret = secret.ok_or(ClientSecretUseError::NotFound)?;
                Ok(tx.write(secret.revoke(reason, now)?).await?)
            })
            .await
    }

    /// Changes what an application may ask the token endpoint for. One that registered itself cannot undo it: what an operator
    /// makes of it is the most that it may register from then on.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, also for a version of another team; `Ambiguous`, `Unknowable`, `Stale`,
    /// `Store`.
    pub async fn edit_client(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        terms: ClientTerms,
        expected: Option<Revision>,
    ) -> Result<Registration, ClientSecretUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_application(application).await?;
        let (action, on) = (Action::EditClient, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        judge(&terms)?;
        for (api, number) in &terms.serves {
            sight
                .find_version(&ApiHandle::Name(api.clone()), *number)
                .await?;
        }
        self.store
            .write(permit, now, async move |tx| {
                let application = tx.application_alone(found.id).await?;
                let registration = tx.registration(&application).await?;
                expect(&registration, expected)?;
                let ceiling = Ceiling::of(&terms);
                if ceiling != Ceiling::of(&registration.terms)
                    && let Some(own) = tx.own_registration(&application).await?
                {
                    tx.write(own.bound(ceiling)).await?;
                }
                Ok(tx.write(registration.edit(terms)).await?)
            })
            .await
    }
}
