//! Applications: the clients of a consumer.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    consumer::{Application, ApplicationError},
    handle::{ApplicationHandle, ConsumerHandle},
    id::ApplicationId,
    text::Name,
};
use gatewright_store::StoreError;

use crate::Registry;

/// Why an application was not registered or changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such consumer or application.
    #[error("no such consumer or application")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The name is taken.
    #[error("the consumer has an application named {0} already")]
    NameTaken(Name),
    /// The application itself refuses.
    #[error(transparent)]
    Refused(#[from] ApplicationError),
    /// Somebody else changed it meanwhile.
    #[error("the application was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the application could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ApplicationUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Ambiguous => Self::Ambiguous,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Registers an application of a consumer.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `NameTaken`.
    pub async fn register_application(
        &self,
        caller: &Caller,
        consumer: &ConsumerHandle,
        name: Name,
    ) -> Result<Application, ApplicationUseError> {
        let now = self.clock.now();
        let consumer = self
            .store
            .reader()
            .as_seen_by(caller)
            .find_consumer(consumer)
            .await?;
        let permit = self
            .store
            .permit(caller, Action::RegisterApplication, consumer.subject(), now)
            .await?;
        let id = ApplicationId::draw(now, &*self.entropy);
        self.store
            .write(permit, now, async move |tx| {
                let consumer = tx.consumer(consumer.id).await?;
                let registered = Application::register(id, &consumer, name.clone(), now);
                tx.write(registered).await.map_err(|error| match error {
                    StoreError::Taken { .. } => ApplicationUseError::NameTaken(name),
                    other => other.into(),
                })
            })
            .await
    }

    /// Stops an application from calling anything. One that registered itself has no hold on its registration any more, not
    /// even when it is enabled again.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Ambiguous`, `Refused`.
    pub async fn disable_application(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
    ) -> Result<Application, ApplicationUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_application(application).await?;
        let (action, on) = (Action::DisableApplication, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let application = tx.application_alone(found.id).await?;
                let own = tx.own_registration(&application).await?;
                let disabled = tx.write(application.disable(now)?).await?;
                if let Some(own) = own.filter(|own| own.ended.is_none()) {
                    tx.write(own.end(now)).await?;
                }
                Ok(disabled)
            })
            .await
    }

    /// Lets a disabled application call again.
    ///
    /// # Errors
    /// As `disable_application`.
    pub async fn enable_application(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
    ) -> Result<Application, ApplicationUseError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_application(application).await?;
        let (action, on) = (Action::EnableApplication, found.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let application = tx.application(found.id).await?;
                Ok(tx.write(application.enable()?).await?)
            })
            .await
    }
}
