//! Clients that prove themselves with a signature (`private_key_jwt`): by the keys they registered, for us alone, once.

use std::sync::Arc;

use gatewright_domain::{consumer::ClientId, key::Algorithm, secret::Secret, time::Timestamp};
use gatewright_store::{ClientRecord, StoreError, quiet::assertions::Meeting};
use gatewright_token::{
    assertion::{self, Assertion, AssertionRefusal, Audience, Demands},
    client_keys::ClientKeys,
};

use super::published::Need;
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
        let terms = &client.registration.terms;
        let id = client.application.id;
        let Some(keys) = self.keys_of(client, Need::Proof).await else {
            return Ok(false);
        };
        let mut verified = self.judge_assertion(client, text, &keys, now);
        if let (Err(refusal), Some(address)) = (&verified, &terms.key_address)
            && is_a_surprise(*refusal)
            && let Some(newer) = self.published_keys(id, address, Need::Surprise).await
            && !Arc::ptr_eq(&newer, &keys)
        {
            verified = self.judge_assertion(client, text, &newer, now);
        }
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

    /// What a client registered or publishes to be known by.
    pub(super) async fn keys_of(
        &self,
        client: &ClientRecord,
        need: Need,
    ) -> Option<Arc<ClientKeys>> {
        let terms = &client.registration.terms;
        match (&terms.key_address, &terms.key_set) {
            (Some(address), _) => {
                let id = client.application.id;
                self.published_keys(id, address, need).await
            }
            (None, Some(set)) => ClientKeys::read(set.as_bytes()).ok().map(Arc::new),
            (None, None) => None,
        }
    }

    fn judge_assertion(
        &self,
        client: &ClientRecord,
        text: &Secret<String>,
        keys: &ClientKeys,
        now: Timestamp,
    ) -> Result<Assertion, AssertionRefusal> {
        let keys = keys.keys().ok_or(AssertionRefusal::UnknownKey)?;
        let algorithms: Vec<Algorithm> = keys.keys().map(|key| key.algorithm()).collect();
        let demands = Demands {
            client_id: &client.application.client_id(),
            issuer: &self.config.issuer,
            audience: Audience::IssuerOnly,
            algorithms: &algorithms,
        };
        text.lend(|text| assertion::verify(text.as_bytes(), keys, &demands, now))
    }
}

/// Whether the client may have published another key since its set was fetched.
fn is_a_surprise(refusal: AssertionRefusal) -> bool {
    matches!(
        refusal,
        AssertionRefusal::UnknownKey | AssertionRefusal::Algorithm
    )
}
