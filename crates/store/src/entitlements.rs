//! What an application may have tokens for, as it is read before a permit is asked for.

use gatewright_domain::{id::ApplicationId, token::Entitlement};

use crate::{error::StoreError, reader::Reader, rows};

impl Reader {
    /// An application's subscriptions that are not closed, in order of id. Unscoped: whether the caller may reach what
    /// they are for is what the policy is asked next, and a refusal of it is recorded.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn entitlements(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<Entitlement>, StoreError> {
        rows::subscription::entitlements(&self.database, application).await
    }
}
