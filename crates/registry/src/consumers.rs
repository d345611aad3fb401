//! Consumers: who calls.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    consumer::Consumer,
    id::ConsumerId,
    text::Name,
};
use gatewright_store::StoreError;

use crate::Registry;

/// Why a consumer was not registered.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The name is taken.
    #[error("a consumer named {0} exists already")]
    NameTaken(Name),
    /// The store failed.
    #[error("the consumer could not be stored")]
    Store(#[from] StoreError),
}

impl Registry {
    /// Registers a consumer.
    ///
    /// # Errors
    /// `Denied`, `NameTaken`.
    pub async fn register_consumer(
        &self,
        caller: &Caller,
        name: Name,
    ) -> Result<Consumer, ConsumerError> {
        let now = self.clock.now();
        let on = Subject::Installation;
        let permit = self
            .store
            .permit(caller, Action::RegisterConsumer, on, now)
            .await?;
        let id = ConsumerId::draw(now, &*self.entropy);
        self.store
            .write(permit, now, async move |tx| {
                let registered = Consumer::register(id, name.clone(), now);
                tx.write(registered).await.map_err(|error| match error {
                    StoreError::Taken { .. } => ConsumerError::NameTaken(name),
                    other => other.into(),
                })
            })
            .await
    }
}
