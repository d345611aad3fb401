//! Refresh tokens within a write: each is kept, used and repeated beside the change of its family, which is the event.

use gatewright_domain::{
    code::Code,
    family::{Family, RefreshToken},
    id::{CodeId, FamilyId, RefreshId},
};

use crate::{error::StoreError, reader::Reader, rows, tx::Tx};

impl Tx<'_> {
    /// A family, alone: nobody else changes it until this write is over.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn family_alone(&mut self, id: FamilyId) -> Result<Family, StoreError> {
        rows::refresh_family::load_alone(self.transaction()?, id).await
    }

    /// An authorization code, alone: nobody else redeems it until this write is over.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn code_alone(&mut self, id: CodeId) -> Result<Code, StoreError> {
        rows::authorization_code::load_alone(self.transaction()?, id).await
    }

    /// A refresh token. Read it after its family.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn refresh_token(&mut self, id: RefreshId) -> Result<RefreshToken, StoreError> {
        rows::refresh_token::load(self.transaction()?, id).await
    }

    /// Keeps a new refresh token.
    ///
    /// # Errors
    /// `Taken` when its family has an unused one, or one of its generation; `Database`.
    pub async fn keep_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        rows::refresh_token::insert(self.transaction()?, token).await
    }

    /// Writes that a refresh token was used, once.
    ///
    /// # Errors
    /// `Stale` when it was used before; `Database`.
    pub async fn consume_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        rows::refresh_token::consume(self.transaction()?, token).await
    }

    /// Writes that a refresh token's successor was given once more.
    ///
    /// # Errors
    /// `Stale` when that was written meanwhile; `Database`.
    pub async fn repeat_refresh_token(&mut self, token: &RefreshToken) -> Result<(), StoreError> {
        rows::refresh_token::repeat(self.transaction()?, token).await
    }
}

impl Reader {
    /// A refresh token, for whoever shows its text.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn refresh_token(&self, id: RefreshId) -> Result<RefreshToken, StoreError> {
        rows::refresh_token::load(&self.database, id).await
    }

    /// An authorization code, for whoever shows its text.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn code(&self, id: CodeId) -> Result<Code, StoreError> {
        rows::authorization_code::load(&self.database, id).await
    }

    /// A refresh family, for whoever shows a token of it.
    ///
    /// # Errors
    /// `NotFound`; `Corrupt`; `Database`.
    pub async fn family(&self, id: FamilyId) -> Result<Family, StoreError> {
        rows::refresh_family::load(&self.database, id).await
    }
}
