//! Clients that prove themselves with a signature (`private_key_jwt`): by the keys they registered, for us alone, once.

use gatewright_domain::{consumer::ClientId, key::Algorithm, secret::Secret, time::Timestamp};
use gatewright_store::{ClientRecord, StoreError, quiet::assertions::Meeting};
use gatewright_token::{
    assertion::{self, Audience, Demands},
    foreign::ForeignKeys,
};

use crate::Keys;

/// Who an assertion says it is from: to look up keys, and for nothing else.
pub(super) fn claimed(assertion: &Secret<String>) -> Option<ClientId> {
    assertion.lend(|text| assertion::claimed_client(text.as_bytes()).ok())
}

impl Keys {
    /// Whether an assertion proves this client. Taken once, it is used up, here and at every other server.
    pub(super) async fn believes_assertion(
        &self,
        client: &ClientRecord,
        text: &Secret<String>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let registered = client.registration.terms.key_set.as_deref();
        let keys = registered.and_then(|set| ForeignKeys::read(set.as_bytes()).ok());
        let Some(keys) = keys else {
            return Ok(false);
        };
        let algorithms: Vec<Algorithm> = keys.keys().map(|key| key.algorithm()).collect();
        let demands = Demands {
            client_id: &client.application.client_id(),
            issuer: &self.config.issuer,
            audience: Audience::IssuerOnly,
            algorithms: &algorithms,
        };
        let verified = text.lend(|text| assertion::verify(text.as_bytes(), &keys, &demands, now));
        let proved = match verified {
            Ok(proved) => proved,
            Err(refusal) => {
                let client = client.application.id;
                tracing::info!(application.id = %client, %refusal, "Refused an assertion of {client}");
                return Ok(false);
            }
        };
        let meeting =
            self.store
                .meet_assertion(client.application.id, proved.jti(), proved.remember_until());
        Ok(meeting.await? == Meeting::First)
    }
}
