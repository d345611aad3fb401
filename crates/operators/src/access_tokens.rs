//! Personal access tokens: an operator's own secret for the JSON API, shown once.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Actor, Caller, Denied, Origin, Proof, Role, Subject},
    credential::{self, CredentialKind},
    id::{AccessTokenId, OperatorId},
    operator::{AccessToken, AlreadyRevoked},
    revision::Revision,
    secret::Secret,
    text::Name,
};
use gatewright_store::StoreError;
use tracing::warn;

use crate::Operators;

/// The longest an access token may live: a year, after which its owner looks at it again.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// An access token to issue.
pub struct AccessTokenWish {
    /// What it is called.
    pub name: Name,
    /// What it is trusted with; its owner's role when nothing is said.
    pub role: Option<Role>,
    /// How long it lives.
    pub lifetime: Duration,
}

/// A fresh access token with its text, which exists only here.
pub struct IssuedAccessToken {
    /// Its row.
    pub token: AccessToken,
    /// Its text, to be shown once.
    pub text: Secret<String>,
}

/// Why an access token was not issued or revoked.
#[derive(Debug, thiserror::Error)]
pub enum AccessTokenError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such access token or operator.
    #[error("no such access token")]
    NotFound,
    /// More than its owner is trusted with.
    #[error("an access token of role {asked} is above your own role, {own}")]
    AboveOwner {
        /// What was asked for.
        asked: Role,
        /// What its owner has.
        own: Role,
    },
    /// Longer than allowed.
    #[error("an access token lives from one minute to 366 days")]
    Lifetime,
    /// Revoked before.
    #[error(transparent)]
    AlreadyRevoked(#[from] AlreadyRevoked),
    /// The store failed.
    #[error("the access token could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AccessTokenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// Takes note that somebody was seen, if it could be stored: a database that can only be read still serves its readers.
pub(crate) fn seen(stored: Result<(), StoreError>) {
    if let Err(error) = stored {
        warn!(%error, "Could not note when a session or an access token was last used");
    }
}

impl Operators {
    /// Issues an access token to an operator: to oneself from a session, or to anybody from the command line.
    ///
    /// # Errors
    /// `Denied`, `AboveOwner`, `Lifetime`.
    pub async fn issue_access_token(
        &self,
        caller: &Caller,
        owner: OperatorId,
        wish: AccessTokenWish,
    ) -> Result<IssuedAccessToken, AccessTokenError> {
        let AccessTokenWish {
            name,
            role,
            lifetime,
        } = wish;
        let now = self.clock.now();
        let on = Subject::Operator(owner);
        let permit = self
            .store
            .permit(caller, Action::IssueAccessToken, on, now)
            .await?;
        if lifetime < Duration::from_secs(60) || lifetime > LONGEST {
            return Err(AccessTokenError::Lifetime);
        }
        let text = credential::draw(CredentialKind::AccessToken, &*self.entropy);
        let hash = text.lend(|text| credential::fingerprint(CredentialKind::AccessToken, text));
        let hash = hash
            .map_err(|_| AccessTokenError::NotFound)?
            .as_str()
            .to_owned();
        let hint = text.lend(|text| credential::hint(CredentialKind::AccessToken, text));
        let id = AccessTokenId::draw(now, &*self.entropy);
        let token = self
            .store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(owner).await?;
                let (own, asked) = (operator.role(), role.unwrap_or(operator.role()));
                if !asked.is_not_above(own) {
                    return Err(AccessTokenError::AboveOwner { asked, own });
                }
                let (issued, expires) = (now, now.plus(lifetime));
                let (revoked, revision) = (None, Revision::NEW);
                let operator = owner;
                let token = AccessToken {
                    id,
                    operator,
                    name,
                    role: asked,
                    hash,
                    hint,
                    issued,
                    expires,
                    revoked,
                    revision,
                };
                Ok(tx.write(AccessToken::issue(token)).await?)
            })
            .await?;
        Ok(IssuedAccessToken { token, text })
    }

    /// Revokes an access token: one's own, or anybody's for an administrator.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `AlreadyRevoked`.
    pub async fn revoke_access_token(
        &self,
        caller: &Caller,
        token: AccessTokenId,
    ) -> Result<AccessToken, AccessTokenError> {
        let now = self.clock.now();
        let owner = self.store.reader().access_token(token).await?.operator;
        let on = Subject::Operator(owner);
        let permit = match self
            .store
            .permit(caller, Action::RevokeAccessToken, on, now)
            .await
        {
            Ok(permit) => permit,
            // Somebody else's token is none of one's business: not even that it exists.
            Err(_) if !is(caller, owner) => return Err(AccessTokenError::NotFound),
            Err(denied) => return Err(denied.into()),
        };
        self.store
            .write(permit, now, async move |tx| {
                let token = tx.access_token(token).await?;
                Ok(tx.write(token.revoke(now)?).await?)
            })
            .await
    }

    /// Whom an access token speaks for; nobody when it is unknown, over or revoked, or its owner is disabled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn bearer(&self, text: &str, origin: Origin) -> Result<Option<Caller>, StoreError> {
        let Ok(hash) = credential::fingerprint(CredentialKind::AccessToken, text) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let found = self
            .store
            .reader()
            .access_token_by_hash(hash.as_str())
            .await?;
        let Some((token, owner)) = found else {
            return Ok(None);
        };
        let over = token.revoked.is_some() || token.expires <= now || owner.disabled().is_some();
        if over || !token.role.is_not_above(owner.role()) {
            return Ok(None);
        }
        seen(self.store.touch_access_token(token.id, now).await);
        let (proof, teams) = (Proof::AccessToken(token.id), owner.teams().clone());
        Ok(Some(Caller::operator(
            owner.id(),
            proof,
            token.role,
            teams,
            origin,
        )))
    }
}

fn is(caller: &Caller, operator: OperatorId) -> bool {
    matches!(caller.actor(), Actor::Operator { id, .. } if *id == operator)
}
