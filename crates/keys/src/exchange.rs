//! Token exchange (RFC 8693): a client that was sent a token gets one of its own for it, to call further with. It carries no
//! more, lives no longer and opens nothing that the first did not.
//!
//! Invariant: what was exchanged dies with what it was exchanged for, since its session is named after it.

use std::collections::BTreeSet;

use gatewright_domain::{
    binding::Binding,
    client::Grant,
    consumer::ClientId,
    id::VersionId,
    operation::Scope,
    snapshot::{RoutedVersion, Snapshot},
    text::Name,
    token::{Acting, GrantWish, Lineage, LineageError, Token, Within},
};
use gatewright_store::StoreError;
use gatewright_token::verify::Verified;

use crate::{GrantError, InspectError, IssuedToken, Keys, clients::Authenticated, opening::Bearer};

/// What a client shows and asks for.
#[derive(Debug)]
pub struct Exchanging<'a> {
    /// The token that it was sent.
    pub subject: &'a str,
    /// A token of its own, by which it says that it acts.
    pub actor: Option<&'a str>,
    /// The scopes; nothing means all that both may have.
    pub scopes: Option<BTreeSet<Scope>>,
    /// The audiences; none means all that both may have.
    pub resources: BTreeSet<String>,
    /// What it proved to hold, to which the token will be bound.
    pub binding: Option<Binding>,
}

/// Why nothing is given for a token.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// It is none of ours, or not good any more. Which, no client is told.
    #[error("the token that is to be exchanged is not good: {0}")]
    Subject(NotShown),
    /// The token by which the client says that it acts is not good, or not its own.
    #[error("the actor's token is not good: {0}")]
    Actor(NotShown),
    /// More than the token carries was asked for.
    #[error("the token does not carry all of these scopes")]
    WiderScope,
    /// Too many would stand before it, or somebody would act for themselves.
    #[error(transparent)]
    Lineage(#[from] LineageError),
    /// No token is issued.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The tokens cannot be judged now.
    #[error(transparent)]
    NotJudged(#[from] InspectError),
}

/// Why a token that is shown counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// It does not verify as one of ours.
    #[error("it is none that this installation issued")]
    NotOurs,
    /// It has ended, was revoked, or opens nothing for another reason.
    #[error("it opens nothing now")]
    OpensNothing,
    /// It is bound, and its sender did not prove to hold what it is bound to.
    #[error("it is bound, and that was not proved")]
    NotProved,
    /// It is of another application, or about somebody else.
    #[error("it is not the client's own")]
    NotOwn,
}

/// A token that is good now, with its row.
struct Held {
    verified: Verified,
    token: Token,
    /// What it opens.
    opens: Vec<(VersionId, String)>,
}

impl Keys {
    /// Issues a token for one that the client was sent.
    ///
    /// # Errors
    /// Every variant of `ExchangeError`.
    pub async fn exchange(
        &self,
        snapshot: &Snapshot,
        client: &Authenticated,
        asked: Exchanging<'_>,
    ) -> Result<IssuedToken, ExchangeError> {
        client.may_use(Grant::TokenExchange)?;
        let proved = asked.binding.as_ref();
        let held = self.held(snapshot, asked.subject, proved).await?;
        let held = held.map_err(ExchangeError::Subject)?;
        let acting = match asked.actor {
            None => Acting::Silently,
            Some(text) => {
                let actor = self.held(snapshot, text, proved).await?;
                let actor = actor.and_then(|actor| actor.is_own(client));
                actor.map_err(ExchangeError::Actor)?;
                Acting::Expressly
            }
        };
        let carried = held.token.scopes();
        if let Some(asked) = &asked.scopes
            && !asked.is_subset(carried)
        {
            return Err(ExchangeError::WiderScope);
        }
        let wish = GrantWish {
            name: Name::token_exchange(),
            versions: Some(held.targets(client, &asked.resources)?),
            scopes: asked.scopes,
            binding: asked.binding,
            family: held.token.family(),
            lineage: Some(Lineage::after(&held.token, client.application(), acting)?),
            within: Within {
                scopes: Some(carried.clone()),
                end: Some(held.token.expires()),
            },
        };
        Ok(self.grant(client, wish).await?)
    }

    /// A token of ours that is good now, and whose sender proved what it is bound to.
    async fn held(
        &self,
        snapshot: &Snapshot,
        text: &str,
        proved: Option<&Binding>,
    ) -> Result<Result<Held, NotShown>, InspectError> {
        let now = self.clock.now();
        let Some(verified) = self.judge_by(snapshot, text)?.verified else {
            return Ok(Err(NotShown::NotOurs));
        };
        let facts = verified.facts();
        let Some(holder) = facts.client_id.application() else {
            return Ok(Err(NotShown::NotOurs));
        };
        let reader = self.store.reader();
        let token = match reader.token_of_client(holder, &facts.jti).await {
            Ok(token) => token,
            Err(StoreError::NotFound) => return Ok(Err(NotShown::NotOurs)),
            Err(error) => return Err(error.into()),
        };
        if token.binding() != verified.binding() {
            return Ok(Err(NotShown::NotOurs));
        }
        if token.binding().is_some_and(|bound| Some(bound) != proved) {
            return Ok(Err(NotShown::NotProved));
        }
        let bearer = Bearer::of(&verified, snapshot, now);
        let opens = |version: &&RoutedVersion| bearer.opens(version);
        let opened = snapshot.versions.iter().filter(opens);
        let opens: Vec<(VersionId, String)> = opened
            .map(|version| (version.id, version.audience.clone()))
            .collect();
        // The verifier's leeway is for clocks that differ; the row was written by ours.
        if token.revoked().is_some() || token.expires() <= now || opens.is_empty() {
            return Ok(Err(NotShown::OpensNothing));
        }
        Ok(Ok(Held {
            token,
            opens,
            verified,
        }))
    }
}

impl Held {
    /// Whether it is a client's own, about nobody else.
    fn is_own(&self, client: &Authenticated) -> Result<(), NotShown> {
        let own = ClientId::of(client.application());
        let is_own = self.verified.facts().client_id == own;
        if is_own && self.verified.subject() == own.as_str() {
            return Ok(());
        }
        Err(NotShown::NotOwn)
    }

    /// The versions that it opens and the client has subscribed to, or those of them that are named.
    fn targets(
        &self,
        client: &Authenticated,
        resources: &BTreeSet<String>,
    ) -> Result<BTreeSet<VersionId>, GrantError> {
        let usable = |version: &VersionId| {
            let mut entitlements = client.client.entitlements.iter();
            entitlements.any(|one| one.version.place().id == *version && one.is_usable())
        };
        let both = self.opens.iter().filter(|(version, _)| usable(version));
        let both: Vec<&(VersionId, String)> = both.collect();
        let known = |resource: &String| both.iter().any(|(_, audience)| audience == resource);
        if both.is_empty() || !resources.iter().all(known) {
            return Err(GrantError::NoTarget);
        }
        let meant = |audience: &String| resources.is_empty() || resources.contains(audience);
        let meant = both.into_iter().filter(|(_, audience)| meant(audience));
        Ok(meant.map(|(version, _)| *version).collect())
    }
}
