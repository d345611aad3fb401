//! A link that signs an operator in once: made at the terminal of the machine that holds the data, for whoever cannot sign in
//! otherwise, and for a demo.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Denied, Origin, Subject},
    audit::{Event, Kind, Outcome},
    credential::{self, CredentialKind, Fingerprint},
    id::OperatorId,
    operator::Operator,
    secret::Secret,
    time::Timestamp,
};
use gatewright_store::StoreError;

use crate::{Operators, SignInError, SignedIn, sign_in::Door};

/// How long a link works: long enough to change windows, short enough to be worthless in a terminal's history.
const LINK_LIVES: Duration = Duration::from_secs(15 * 60);

/// A new link's secret, which is shown once.
pub struct SignInLink {
    /// What the address ends in.
    pub secret: Secret<String>,
    /// Until when it works.
    pub expires: Timestamp,
}

/// Why there is no link, or why it signed nobody in.
#[derive(Debug, thiserror::Error)]
pub enum SignInLinkError {
    /// Not a link, used already, or too old; the operator may also be disabled.
    #[error("this sign-in link does not work, or no longer: it works once, for 15 minutes")]
    NotALink,
    /// The operator is disabled.
    #[error("the operator is disabled and cannot sign in; enable them first")]
    Disabled,
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The session could not be opened.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The store failed.
    #[error("the sign-in link could not be stored")]
    Store(#[from] StoreError),
}

impl Operators {
    /// Makes a link that signs an operator in once; an earlier one of theirs stops working.
    ///
    /// # Errors
    /// `Denied` unless asked for at the terminal; `Disabled`; `Store` with `NotFound` when there is no such operator.
    pub async fn issue_sign_in_link(
        &self,
        caller: &Caller,
        operator: OperatorId,
    ) -> Result<SignInLink, SignInLinkError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::IssueSignInLink, on.clone(), now)
            .await?;
        let secret = credential::draw(CredentialKind::SignIn, &*self.entropy);
        let hash = secret.lend(|text| fingerprint(text))?;
        let expires = now.plus(LINK_LIVES);
        self.store
            .write(permit, now, async move |tx| {
                let operator = tx.operator(operator).await?;
                if operator.disabled().is_some() {
                    return Err(SignInLinkError::Disabled);
                }
                tx.keep_sign_in_link(hash.as_str(), operator.id(), expires)
                    .await?;
                let target = on.target();
                Ok(tx.note(Event::note(
                    Kind::SignInLinkIssued,
                    Outcome::Success,
                    on,
                    target,
                ))?)
            })
            .await?;
        Ok(SignInLink { secret, expires })
    }

    /// Whom a link would sign in; for showing the page behind it. Uses nothing up.
    ///
    /// # Errors
    /// `NotALink`.
    pub async fn check_sign_in_link(&self, secret: &str) -> Result<Operator, SignInLinkError> {
        let hash = fingerprint(secret)?;
        let found = self
            .store
            .reader()
            .sign_in_link(hash.as_str(), self.clock.now())
            .await?;
        found
            .filter(|operator| operator.disabled().is_none())
            .ok_or(SignInLinkError::NotALink)
    }

    /// Signs in whom the link is for, and uses it up in the same transaction.
    ///
    /// # Errors
    /// `NotALink`, also for whoever comes second.
    pub async fn sign_in_with_link(
        &self,
        secret: &str,
        origin: Origin,
    ) -> Result<SignedIn, SignInLinkError> {
        let hash = fingerprint(secret)?;
        let operator = self.check_sign_in_link(secret).await?;
        let door = Door::Link(hash);
        let opened = self
            .open_session(Caller::stranger(origin), operator, door, self.clock.now())
            .await;
        opened.map_err(|error| match error {
            SignInError::Store(StoreError::NotFound) => SignInLinkError::NotALink,
            other => other.into(),
        })
    }
}

fn fingerprint(secret: &str) -> Result<Fingerprint, SignInLinkError> {
    credential::fingerprint(CredentialKind::SignIn, secret).map_err(|_| SignInLinkError::NotALink)
}
