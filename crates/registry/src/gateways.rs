//! Gateways that run apart: enrolled with a secret that is shown once.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    audit::Aggregate,
    credential::{self, CredentialKind},
    gateway::{AlreadyRemoved, Gateway},
    id::GatewayId,
    secret::Secret,
    text::Name,
};
use gatewright_store::StoreError;

use crate::Registry;

/// A fresh gateway with its secret, which exists only here.
pub struct EnrolledGateway {
    /// Its row.
    pub gateway: Gateway,
    /// The secret it asks for snapshots with, to be shown once.
    pub text: Secret<String>,
}

/// Why a gateway was not enrolled or removed.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such gateway.
    #[error("no such gateway")]
    NotFound,
    /// The name is taken.
    #[error("a gateway named {0} exists already")]
    NameTaken(Name),
    /// Removed before.
    #[error(transparent)]
    AlreadyRemoved(#[from] AlreadyRemoved),
    /// The store failed.
    #[error("the gateway could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for GatewayError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Lets a gateway ask for snapshots.
    ///
    /// # Errors
    /// `Denied`, `NameTaken`.
    pub async fn enrol_gateway(
        &self,
        caller: &Caller,
        name: Name,
    ) -> Result<EnrolledGateway, GatewayError> {
        let now = self.clock.now();
        let on = Subject::Installation;
        let permit = self
            .store
            .permit(caller, Action::EnrolGateway, on, now)
            .await?;
        let text = credential::draw(CredentialKind::Gateway, &*self.entropy);
        let hash = text.lend(|text| credential::fingerprint(CredentialKind::Gateway, text));
        let hash = hash
            .map_err(|_| GatewayError::NotFound)?
            .as_str()
            .to_owned();
        let id = GatewayId::draw(now, &*self.entropy);
        let gateway = self
            .store
            .write(permit, now, async move |tx| {
                let enrolled = Gateway::enrol(id, name.clone(), hash, now);
                tx.write(enrolled).await.map_err(|error| match error {
                    StoreError::Taken { .. } => GatewayError::NameTaken(name),
                    other => other.into(),
                })
            })
            .await?;
        Ok(EnrolledGateway { gateway, text })
    }

    /// Gives a gateway no more snapshots.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `AlreadyRemoved`.
    pub async fn remove_gateway(
        &self,
        caller: &Caller,
        id: GatewayId,
    ) -> Result<Gateway, GatewayError> {
        let now = self.clock.now();
        let on = Subject::Gateway(id);
        let permit = self
            .store
            .permit(caller, Action::RemoveGateway, on, now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let gateway = tx.gateway(id).await?;
                debug_assert_eq!(gateway.subject(), Subject::Gateway(id));
                Ok(tx.write(gateway.remove(now)?).await?)
            })
            .await
    }

    /// Which gateway an enrolment secret is of; none when it is unknown or removed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn gateway_of(&self, text: &str) -> Result<Option<Gateway>, StoreError> {
        let Ok(hash) = credential::fingerprint(CredentialKind::Gateway, text) else {
            return Ok(None);
        };
        let found = self.store.reader().gateway_by_hash(hash.as_str()).await?;
        Ok(found.filter(|gateway| gateway.removed.is_none()))
    }
}
