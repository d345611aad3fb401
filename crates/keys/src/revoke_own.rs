//! Revocation by clients (RFC 7009): a client ends its own tokens and nobody else's.

use gatewright_domain::{
    access::{Action, Caller},
    audit::Aggregate,
    consumer::ClientId,
    family,
    secret::Secret,
    snapshot::Snapshot,
    token::Token,
};
use gatewright_store::StoreError;

use crate::{
    FamilyUseError, Keys, RefreshError, RevokeError, clients::Authenticated, inspect::InspectError,
};

/// What became of a token that a client wants to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevokedOwn {
    /// It does not live: it was ended now or before, or it never was one of ours.
    Dead,
    /// It lives, and is somebody else's.
    OfAnother,
}

/// Why it is not known to be dead.
#[derive(Debug, thiserror::Error)]
pub enum RevokeOwnError {
    /// It could not be judged.
    #[error(transparent)]
    NotJudged(#[from] InspectError),
    /// It could not be revoked.
    #[error(transparent)]
    NotRevoked(#[from] RevokeError),
    /// A refresh token could not be looked up.
    #[error(transparent)]
    NotLookedUp(Box<RefreshError>),
    /// A grant could not be revoked.
    #[error(transparent)]
    FamilyNotRevoked(FamilyUseError),
}

impl Keys {
    /// Ends a client's own token.
    ///
    /// # Errors
    /// Every variant of `RevokeOwnError`: the token may still live.
    pub async fn revoke_own(
        &self,
        client: &Authenticated,
        snapshot: &Snapshot,
        token: &str,
    ) -> Result<RevokedOwn, RevokeOwnError> {
        if family::id_of(token).is_ok() {
            return self.end_family(client, token).await;
        }
        let Some(facts) = self.holder_of(snapshot, token)? else {
            return Ok(RevokedOwn::Dead);
        };
        let mut revoked = snapshot.revoked.iter();
        if revoked.any(|revoked| revoked.jti == facts.jti) {
            return Ok(RevokedOwn::Dead);
        }
        if facts.client_id != ClientId::of(client.application()) {
            return Ok(RevokedOwn::OfAnother);
        }
        let row = self
            .store
            .reader()
            .token_of_client(client.application(), &facts.jti)
            .await;
        match row {
            Ok(row) => {
                self.end(&client.caller, row).await?;
                Ok(RevokedOwn::Dead)
            }
            // Ours by its signature and without a row: it was swept out, which happens long after its end.
            Err(StoreError::NotFound) => Ok(RevokedOwn::Dead),
            Err(error) => Err(RevokeError::Store(error).into()),
        }
    }

    /// Ends the grant of a refresh token, with every access token that came of it.
    async fn end_family(
        &self,
        client: &Authenticated,
        text: &str,
    ) -> Result<RevokedOwn, RevokeOwnError> {
        let text = Secret::new(text.to_owned());
        let token = match self.shown(&text).await {
            Ok(token) => token,
            Err(RefreshError::NotGood(_)) => return Ok(RevokedOwn::Dead),
            Err(error) => return Err(RevokeOwnError::NotLookedUp(Box::new(error))),
        };
        let family = self.store.reader().family(token.family()).await;
        let family = family.map_err(RevokeError::Store)?;
        if family.revoked().is_some() {
            return Ok(RevokedOwn::Dead);
        }
        if family.application() != client.application() {
            return Ok(RevokedOwn::OfAnother);
        }
        match self.revoke_family(&client.caller, family.id(), None).await {
            Ok(_) | Err(FamilyUseError::AlreadyRevoked) => Ok(RevokedOwn::Dead),
            Err(error) => Err(RevokeOwnError::FamilyNotRevoked(error)),
        }
    }

    /// Revokes a token that the caller may revoke by themselves; one that is revoked stays as it is.
    pub(crate) async fn end(&self, caller: &Caller, token: Token) -> Result<(), RevokeError> {
        let now = self.clock.now();
        let on = token.subject();
        let permit = self
            .store
            .permit(caller, Action::RevokeToken, on, now)
            .await?;
        let id = token.id();
        let ended = self
            .store
            .write(permit, now, async move |tx| {
                if let Ok(change) = tx.token(id).await?.revoke(None, now) {
                    tx.write(change).await?;
                }
                Ok::<(), RevokeError>(())
            })
            .await;
        match ended {
            // Somebody else revoked it at the same moment.
            Err(RevokeError::Stale) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
