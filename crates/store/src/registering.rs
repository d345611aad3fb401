//! What is read of clients that register themselves before anybody is known: by the fingerprints of their tokens.

use gatewright_domain::{
    client::{InitialToken, OwnRegistration},
    consumer::Application,
    credential::Fingerprint,
    id::InitialTokenId,
};

use crate::{error::StoreError, reader::Reader, rows, views::Sight};

impl Reader {
    /// The initial access token whose text has this fingerprint.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn initial_token_by_fingerprint(
        &self,
        fingerprint: &Fingerprint,
    ) -> Result<Option<InitialToken>, StoreError> {
        match rows::initial_token::load_by_fingerprint(&self.database, fingerprint).await {
            Ok(token) => Ok(Some(token)),
            Err(StoreError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The hold on its own registration that has a token of this fingerprint, with its application.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn own_registration_by_fingerprint(
        &self,
        fingerprint: &Fingerprint,
    ) -> Result<Option<(OwnRegistration, Application)>, StoreError> {
        rows::own_registration::load_by_fingerprint(&self.database, fingerprint).await
    }
}

impl Sight {
    /// An initial access token, by id. Consumers are seen by everybody who is signed in.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_initial_token(&self, id: InitialTokenId) -> Result<InitialToken, StoreError> {
        rows::initial_token::load(&self.database, id).await
    }
}
