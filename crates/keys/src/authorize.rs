//! A person allows an application to act for them (RFC 6749 section 4.1): within what both of them may, and for the application
//! alone that comes back with what it hashed before (RFC 7636).
//!
//! Invariant: nothing is told to a redirect URI that is not registered for the client that is named.

use std::{collections::BTreeSet, sync::Arc};

use gatewright_domain::{
    access::{Action, Actor, Caller, Denied, Proof, Subject},
    binding::Thumbprint,
    client::Grant,
    code::{self, Allowed, Challenge, Code},
    consumer::ClientId,
    family::Person,
    operation::Scope,
    secret::Secret,
    text::Name,
    token::{GrantRefused, Grantee, Token, TokenError},
    version::VersionRef,
};
use gatewright_store::{ClientRecord, StoreError};

use crate::{GrantError, Keys, PepperError};

/// A client whose redirect URI is its own: what goes wrong from here on may be told to it.
#[derive(Clone, Debug)]
pub struct Doorway {
    client: Arc<ClientRecord>,
    redirect: String,
}

/// What an application asks a person for.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The scopes; nothing means all that it may have.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The audiences (RFC 8707); none means those of the scopes.
    pub resources: BTreeSet<String>,
    /// What it hashed before.
    pub challenge: Challenge,
    /// The key to which the code is bound (RFC 9449 section 10).
    pub key: Option<Thumbprint>,
}

/// What a person is asked to allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The application.
    pub application: Name,
    /// The versions it would call, in order of id.
    pub versions: Vec<VersionRef>,
    /// The scopes that its tokens would carry.
    pub scopes: BTreeSet<Scope>,
}

/// Why a person does not allow it.
#[derive(Debug, thiserror::Error)]
pub enum AuthorizeError {
    /// Its registration names other grants, or it is disabled.
    #[error("the application may not ask people")]
    NotThisGrant,
    /// It named something that it has no active subscription to.
    #[error("the application has no active subscription to what it asked for")]
    NoTarget,
    /// It asked for APIs whose tokens are signed with different algorithms.
    #[error(transparent)]
    Algorithms(TokenError),
    /// Nothing is left of what it asked for.
    #[error("the application may have none of these scopes")]
    NoScope,
    /// The person may not give it what it asks for.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Only somebody who is signed in allows anything.
    #[error("only a signed-in person allows an application to act for them")]
    NotAPerson,
    /// The code cannot be hashed.
    #[error("the code could not be hashed")]
    Pepper(#[from] PepperError),
    /// The store failed.
    #[error("what was allowed could not be stored")]
    Store(#[from] StoreError),
}

impl From<GrantRefused> for AuthorizeError {
    fn from(refused: GrantRefused) -> Self {
        match refused {
            GrantRefused::NoScope => Self::NoScope,
            GrantRefused::NoTarget => Self::NoTarget,
            GrantRefused::Token(refused) => refused.into(),
        }
    }
}

impl From<TokenError> for AuthorizeError {
    fn from(refused: TokenError) -> Self {
        match refused {
            TokenError::ApplicationDisabled => Self::NotThisGrant,
            TokenError::AlgorithmsDiffer { .. } => Self::Algorithms(refused),
            TokenError::NoSubscription
            | TokenError::ScopeNotSubscribed(_)
            | TokenError::TooSoon(_)
            | TokenError::LongerThanPlan { .. }
            | TokenError::BeyondSunset { .. }
            | TokenError::AlreadyRevoked => Self::NoTarget,
        }
    }
}

impl Doorway {
    /// Where answers go, as it was asked for.
    #[must_use]
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// The public name of the client.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        self.client.application.client_id()
    }
}

impl Keys {
    /// The client of this name, when the redirect URI is one of its own; nothing otherwise, and nobody learns which was wrong.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn doorway(
        &self,
        client: &str,
        redirect: &str,
    ) -> Result<Option<Doorway>, StoreError> {
        let id = ClientId::from_wire(client.to_owned()).application();
        let found = match id {
            Some(id) => self.client(id, self.clock.now()).await?,
            None => None,
        };
        let proven = found.filter(|(client, _)| {
            let mut registered = client.registration.terms.redirects.iter();
            registered.any(|own| own.takes(redirect))
        });
        Ok(proven.map(|(client, _)| Doorway {
            client,
            redirect: redirect.to_owned(),
        }))
    }

    /// What a person would allow, if they may.
    ///
    /// # Errors
    /// `NotThisGrant`, `NoTarget`, `Algorithms`, `NoScope`, `Denied`.
    pub fn consider(
        &self,
        caller: &Caller,
        door: &Doorway,
        asking: &Asking,
    ) -> Result<Proposal, AuthorizeError> {
        let ClientRecord {
            application,
            registration,
            entitlements,
            ..
        } = &*door.client;
        let grants = &registration.terms.grants;
        if application.disabled.is_some() || !grants.contains(&Grant::AuthorizationCode) {
            return Err(AuthorizeError::NotThisGrant);
        }
        let versions = self.versions(entitlements, &asking.resources);
        let versions = versions.map_err(|_: GrantError| AuthorizeError::NoTarget)?;
        let grantee = Grantee {
            application,
            registration,
            entitlements,
        };
        let scopes = grantee.offered(versions.as_ref(), asking.scopes.clone())?;
        let mut versions = Token::versions_for(entitlements, &scopes)?;
        versions.sort_by_key(|version| version.id);
        versions.dedup_by_key(|version| version.id);
        // No token could come of it.
        let (installation, now) = (self.config.token_algorithm, self.clock.now());
        Token::algorithm_for(entitlements, &scopes, installation, now)?;
        let proposal = Proposal {
            application: application.name.clone(),
            versions,
            scopes,
        };
        // Asked without being written down: a page that is looked at changes nothing.
        caller
            .may(Action::IssueToken, door.reached(&proposal))
            .map(drop)?;
        Ok(proposal)
    }

    /// Allows it, and gives the code that the browser carries to the application.
    ///
    /// # Errors
    /// Every variant of `AuthorizeError`.
    pub async fn allow(
        &self,
        caller: &Caller,
        door: &Doorway,
        asking: Asking,
    ) -> Result<Secret<String>, AuthorizeError> {
        let Actor::Operator {
            id: operator,
            proof: Proof::Session(session),
        } = *caller.actor()
        else {
            return Err(AuthorizeError::NotAPerson);
        };
        let now = self.clock.now();
        let Proposal {
            application: name,
            versions,
            scopes,
        } = self.consider(caller, door, &asking)?;
        let allowed = Allowed {
            application: door.client.application.id,
            name,
            person: Person {
                operator,
                // A session's id is drawn when somebody has proved who they are.
                signed_in: session.drawn(),
            },
            versions,
            scopes,
            redirect: door.redirect.clone(),
            challenge: asking.challenge,
            key: asking.key,
        };
        let drawn = code::draw(now, &*self.entropy);
        let hmac = self.pepper().await?.hash(&drawn.text);
        let change = Code::allow(drawn.id, allowed, hmac, now);
        let (action, on) = (Action::IssueToken, change.event().subject().clone());
        let permit = self.store.permit(caller, action, on, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                tx.write(change).await?;
                Ok::<_, AuthorizeError>(())
            })
            .await?;
        Ok(drawn.text)
    }
}

impl Doorway {
    /// What a proposal reaches.
    fn reached(&self, proposal: &Proposal) -> Subject {
        let places = proposal.versions.iter();
        self.client
            .application
            .grant(places.map(|place| place.api.team).collect())
    }
}
