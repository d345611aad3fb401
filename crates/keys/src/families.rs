//! Refresh families at work: a grant begins, is refreshed, and ends. Ink before seal holds for both texts: the rows of the
//! next refresh token and of the access token are committed together before either leaves.

use std::collections::BTreeSet;

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    binding::Binding,
    family::{self, Family, FamilyTerms, NewFamily, RefreshToken},
    handle::ApplicationHandle,
    id::FamilyId,
    operation::Scope,
    secret::Secret,
    text::{Name, Reason},
    token::{Token, TokenError},
};
use gatewright_store::StoreError;

use crate::{Keys, clients::PepperError};

/// A grant to begin.
#[derive(Clone, Debug)]
pub struct FamilyWish {
    /// What people will call it.
    pub name: Name,
    /// The scopes it shall carry, at least one: they say which versions it is for.
    pub scopes: BTreeSet<Scope>,
    /// The key or the certificate whose holder alone may refresh.
    pub binding: Option<Binding>,
}

/// A grant that began, with the text of its first refresh token for the only time there is.
#[derive(Debug)]
pub struct BegunFamily {
    /// What is kept of it.
    pub family: Family,
    /// What the application refreshes with.
    pub text: Secret<String>,
}

/// Why a grant does not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum FamilyUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such application or grant.
    #[error("no such application or grant")]
    NotFound,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] TokenError),
    /// It is for nothing.
    #[error("a grant carries at least one scope")]
    NoScope,
    /// It was revoked before.
    #[error("the grant is revoked already")]
    AlreadyRevoked,
    /// The token cannot be hashed.
    #[error("the refresh token could not be hashed")]
    Pepper(#[from] PepperError),
    /// Somebody else changed it meanwhile.
    #[error("the application or the grant was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the grant could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for FamilyUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Ambiguous => Self::Ambiguous,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// The times of families.
    #[must_use]
    pub fn family_terms(&self) -> FamilyTerms {
        FamilyTerms::DEFAULT
    }

    /// Begins a grant for an application: its first refresh token is shown once.
    ///
    /// # Errors
    /// Every variant of `FamilyUseError` but `AlreadyRevoked`.
    pub async fn begin_family(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        wish: FamilyWish,
    ) -> Result<BegunFamily, FamilyUseError> {
        if wish.scopes.is_empty() {
            return Err(FamilyUseError::NoScope);
        }
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let application = sight.find_application(application).await?;
        let entitlements = self.store.reader().entitlements(application.id).await?;
        let teams = Token::reach(&entitlements, &wish.scopes)?;
        let on = application.grant(teams);
        let permit = self.store.permit(caller, Action::IssueToken, on, now);
        let permit = permit.await?;
        let (id, drawn) = (
            FamilyId::draw(now, &*self.entropy),
            family::draw(now, &*self.entropy),
        );
        let hmac = self.pepper().await?.hash(&drawn.text);
        let token = RefreshToken::new(drawn.id, (id, 0), hmac, now);
        let terms = self.family_terms();
        let family = self
            .store
            .write(permit, now, async move |tx| {
                let application = tx.application(application.id).await?;
                if application.disabled.is_some() {
                    return Err(TokenError::ApplicationDisabled.into());
                }
                let entitlements = tx.entitlements(application.id).await?;
                let FamilyWish {
                    name,
                    scopes,
                    binding,
                } = wish;
                let new = NewFamily {
                    id,
                    application: application.id,
                    name,
                    versions: Token::versions_for(&entitlements, &scopes)?,
                    scopes,
                    binding,
                    person: None,
                    last_expiry: now,
                };
                let family = tx.write(Family::begin(new, terms, now)).await?;
                tx.keep_refresh_token(&token).await?;
                Ok::<_, FamilyUseError>(family)
            })
            .await?;
        let text = drawn.text;
        Ok(BegunFamily { family, text })
    }

    /// Ends a grant, with every access token that came of it.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `AlreadyRevoked`, `Stale`, `Store`.
    pub async fn revoke_family(
        &self,
        caller: &Caller,
        id: FamilyId,
        reason: Option<Reason>,
    ) -> Result<Family, FamilyUseError> {
        let now = self.clock.now();
        let family = self.store.reader().family(id).await?;
        let (action, on) = (Action::RevokeToken, family.subject());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                let family = tx.family_alone(id).await?;
                let revoked = family.revoke(reason, now);
                let revoked = revoked.map_err(|_| FamilyUseError::AlreadyRevoked)?;
                Ok(tx.write(revoked).await?)
            })
            .await
    }
}
