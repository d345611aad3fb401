//! Recognising tokens that were found where they should not be: whether a key of ours signed them, and what they are worth.

use gatewright_domain::{
    access::Caller,
    client::{self, ClientSecret},
    consumer::Application,
    decision::TokenFacts,
    family::{Family, RefreshToken},
    key::KeyState,
    secret::{Secret, equal_in_constant_time},
    snapshot::{VerificationKey, VerificationState},
    time::Timestamp,
};
use gatewright_store::{StoreError, views::tokens::TokenRow};
use gatewright_token::{recognise::recognise, ring::VerifierRing};

use crate::{ClientRefused, InspectError, Keys, RefreshError};

/// Every key this installation has ever had, those that are over included.
#[derive(Clone, Debug)]
pub struct Recogniser {
    ring: VerifierRing,
    issuer: String,
}

/// What a token that was recognised is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It is accepted.
    Live,
    /// It has ended.
    Expired,
    /// It was revoked, alone or with all others of its application.
    Revoked,
    /// The key that signed it is compromised, so nothing of it is accepted.
    KeyCompromised,
    /// It is good by its signature, but nobody has recorded it: its row was forgotten, or somebody else holds the key.
    Unrecorded,
}

impl Recogniser {
    /// What a text says, when it is a token of ours.
    #[must_use]
    pub fn token(&self, text: &str) -> Option<TokenFacts> {
        recognise(text.as_bytes(), &self.ring, Some(&self.issuer))
    }
}

impl Keys {
    /// The client secret that a text is, whatever became of it, and whose; nothing for a text that is none, or none of ours.
    ///
    /// # Errors
    /// `Pepper`, `Store`.
    pub async fn recognise_client_secret(
        &self,
        text: &Secret<String>,
    ) -> Result<Option<(ClientSecret, Application)>, ClientRefused> {
        let Some(id) = text.lend(|text| client::secret_id(text)) else {
            return Ok(None);
        };
        let Some(record) = self.store.reader().client_of_secret(&id).await? else {
            return Ok(None);
        };
        let hash = self.pepper().await?.hash(text);
        let mut secrets = record.secrets.into_iter();
        let found = secrets.find(|one| *one.id() == id);
        let found = found.filter(|one| equal_in_constant_time(one.hmac(), &hash));
        Ok(found.map(|secret| (secret, record.application)))
    }

    /// The refresh token that a text is, whatever became of it, with its grant and whose that is; nothing for a text that is
    /// none, or none of ours.
    ///
    /// # Errors
    /// `Pepper`, `Store`.
    pub async fn recognise_refresh_token(
        &self,
        text: &Secret<String>,
    ) -> Result<Option<(RefreshToken, Family)>, RefreshError> {
        let token = match self.shown(text).await {
            Ok(token) => token,
            Err(RefreshError::NotGood(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let family = self.store.reader().family(token.family()).await?;
        Ok(Some((token, family)))
    }

    /// What recognises the tokens of this installation.
    ///
    /// # Errors
    /// `Keys`, `Store`.
    pub async fn recogniser(&self) -> Result<Recogniser, InspectError> {
        let keys = self.store.reader().signing_keys().await?;
        let listed = keys.into_iter().map(|key| VerificationKey {
            kid: key.kid().clone(),
            jwk: key.public_jwk().to_owned(),
            purpose: key.ring().purpose,
            max_lifetime: None,
            // When it signed does not matter here.
            state: VerificationState::Published,
        });
        Ok(Recogniser {
            ring: VerifierRing::of(&listed.collect::<Vec<_>>())?,
            issuer: self.config.issuer.clone(),
        })
    }

    /// What a token that was recognised is worth now, and its row, when there is one and the caller may see it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn worth(
        &self,
        caller: &Caller,
        token: &TokenFacts,
    ) -> Result<(Worth, Option<TokenRow>), StoreError> {
        let (reader, now) = (self.store.reader(), self.clock.now());
        let sight = reader.as_seen_by(caller);
        let row = match sight.find_token_by_jti(&token.jti).await {
            Ok(found) => Some(sight.token(found.id(), now).await?),
            Err(StoreError::NotFound) => None,
            Err(other) => return Err(other),
        };
        let keys = reader.signing_keys().await?;
        let mut signers = keys
            .iter()
            .filter(|key| Some(key.kid()) == token.kid.as_ref());
        let compromised = signers.any(|key| matches!(key.state(), KeyState::Compromised { .. }));
        let status = row.as_ref().map(|row| row.status);
        Ok((worth(token, status, compromised, now), row))
    }
}

fn worth(token: &TokenFacts, status: Option<&str>, compromised: bool, now: Timestamp) -> Worth {
    match status {
        _ if token.expires <= now => Worth::Expired,
        Some("revoked") => Worth::Revoked,
        _ if compromised => Worth::KeyCompromised,
        Some(_) => Worth::Live,
        None => Worth::Unrecorded,
    }
}
