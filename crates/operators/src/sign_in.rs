//! Signing in and out, and what a session is worth.

use std::time::Duration;

use gatewright_domain::{
    access::{Action, Caller, Denied, Origin, Proof, Subject},
    audit::{Event, Kind, Outcome},
    credential::{self, CredentialKind, Fingerprint},
    id::{OperatorId, SessionId},
    operator::Operator,
    secret::Secret,
    text::Name,
    time::Timestamp,
};
use gatewright_store::{StoreError, quiet::sessions::NewSession};

use crate::{Operators, PasswordError, access_tokens::seen, password::Matches};

/// A session ends twelve hours after signing in, and two hours after it was last used.
const LONGEST: Duration = Duration::from_secs(12 * 3600);
const IDLE: Duration = Duration::from_secs(2 * 3600);

/// Failed sign-ins are counted over a quarter of an hour: five for one name from one address, thirty from one address.
/// Neither locks the owner out: they come from another address, or wait.
const WINDOW: Duration = Duration::from_secs(15 * 60);
const PER_NAME_AND_ADDRESS: u64 = 5;
const PER_ADDRESS: u64 = 30;

/// A fresh session with its secret, which goes into a cookie and nowhere else.
pub struct SignedIn {
    /// Who signed in.
    pub operator: Operator,
    /// The session's secret.
    pub secret: Secret<String>,
    /// When the session ends at the latest.
    pub expires: Timestamp,
}

/// What a proven operator comes in by.
pub(crate) enum Door {
    /// A proof that can be given again: a password, or the set-up that has just used its own link up.
    Open,
    /// A sign-in link, which closes behind them.
    Link(Fingerprint),
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name or password wrong, or the operator is disabled: the same answer for all three.
    #[error("name or password is wrong")]
    Refused,
    /// Too many failures from here.
    #[error("too many failed sign-ins from here; wait {} minutes", .retry_after.as_secs().div_ceil(60))]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many sign-ins at once.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error("the sign-in could not be stored")]
    Store(#[from] StoreError),
}

impl Operators {
    /// Signs an operator in. Success and failure are audit events.
    ///
    /// # Errors
    /// `Refused`, `TooMany`, `Password` when the machine is busy.
    pub async fn sign_in(
        &self,
        name: &str,
        password: Secret<String>,
        origin: Origin,
    ) -> Result<SignedIn, SignInError> {
        let now = self.clock.now();
        let caller = Caller::stranger(origin);
        let address = caller.origin().address.clone().unwrap_or_default();
        let both = format!("{} {address}", name.to_lowercase());
        self.is_not_throttled(&both, PER_NAME_AND_ADDRESS, now)
            .await?;
        self.is_not_throttled(&address, PER_ADDRESS, now).await?;
        let known = match name.parse::<Name>() {
            Ok(name) => self.store.reader().operator_named(&name).await?,
            Err(_) => None,
        };
        let hash = known.as_ref().map(|operator| operator.password().clone());
        let matches = self.hasher.verify(password, hash).await?;
        match known.filter(|operator| matches == Matches::Yes && operator.disabled().is_none()) {
            Some(operator) => self.open_session(caller, operator, Door::Open, now).await,
            None => {
                self.store.count_sign_in_failure(&both, WINDOW, now).await?;
                self.store
                    .count_sign_in_failure(&address, WINDOW, now)
                    .await?;
                self.note(&caller, Kind::SignInFailed, Outcome::Failure, now)
                    .await?;
                Err(SignInError::Refused)
            }
        }
    }

    /// Whom a session's secret stands for; nobody when it is unknown or over, or the operator is disabled.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session(
        &self,
        secret: &str,
        origin: Origin,
    ) -> Result<Option<(Caller, Operator)>, StoreError> {
        let Ok(hash) = credential::fingerprint(CredentialKind::Session, secret) else {
            return Ok(None);
        };
        let now = self.clock.now();
        let Some(session) = self.store.reader().session(hash.as_str()).await? else {
            return Ok(None);
        };
        let over = session.expires <= now || session.last_seen.plus(IDLE) <= now;
        if over || session.operator.disabled().is_some() {
            return Ok(None);
        }
        if now.since(session.last_seen) >= Duration::from_secs(60) {
            let touched = self.store.touch_session(session.id, now, session.expires);
            seen(touched.await);
        }
        let operator = session.operator;
        let (proof, teams) = (Proof::Session(session.id), operator.teams().clone());
        let caller = Caller::operator(operator.id(), proof, operator.role(), teams, origin);
        Ok(Some((caller, operator)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `Denied` unless it is the caller's own; when the store fails.
    pub async fn sign_out(
        &self,
        caller: &Caller,
        operator: OperatorId,
        session: SessionId,
    ) -> Result<(), SignInError> {
        let now = self.clock.now();
        let on = Subject::Operator(operator);
        let permit = self
            .store
            .permit(caller, Action::SignOut, on.clone(), now)
            .await?;
        let target = on.target();
        let event = Event::note(Kind::SignedOut, Outcome::Success, on, target);
        self.store
            .write(permit, now, async move |tx| tx.note(event))
            .await?;
        Ok(self.store.close_session(session).await?)
    }

    /// Opens a session for an operator who has just proved who they are.
    pub(crate) async fn open_session(
        &self,
        caller: Caller,
        operator: Operator,
        door: Door,
        now: Timestamp,
    ) -> Result<SignedIn, SignInError> {
        let secret = credential::draw(CredentialKind::Session, &*self.entropy);
        let hash = secret.lend(|text| credential::fingerprint(CredentialKind::Session, text));
        let hash = hash.map_err(|_| SignInError::Refused)?.as_str().to_owned();
        let (id, expires) = (SessionId::draw(now, &*self.entropy), now.plus(LONGEST));
        let session = NewSession {
            id,
            hash,
            operator: operator.id(),
            created: now,
            expires,
        };
        let on = Subject::Operator(operator.id());
        let permit = self
            .store
            .permit(&caller, Action::SignIn, on.clone(), now)
            .await?;
        let target = on.target();
        let event = Event::note(Kind::SignedIn, Outcome::Success, on, target);
        self.store
            .write(permit, now, async move |tx| {
                if let Door::Link(hash) = door {
                    tx.use_sign_in_link(hash.as_str()).await?;
                }
                tx.note(event)
            })
            .await?;
        self.store.open_session(session).await?;
        Ok(SignedIn {
            operator,
            secret,
            expires,
        })
    }

    async fn is_not_throttled(
        &self,
        key: &str,
        most: u64,
        now: Timestamp,
    ) -> Result<(), SignInError> {
        let Some(failures) = self.store.sign_in_failures(key).await? else {
            return Ok(());
        };
        let over = failures.last.plus(WINDOW);
        if failures.count < most || over <= now {
            return Ok(());
        }
        Err(SignInError::TooMany {
            retry_after: over.since(now),
        })
    }

    async fn note(
        &self,
        caller: &Caller,
        kind: Kind,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<(), SignInError> {
        let on = Subject::Installation;
        let permit = self
            .store
            .permit(caller, Action::SignIn, on.clone(), now)
            .await?;
        let target = on.target();
        let event = Event::note(kind, outcome, on, target);
        self.store
            .write(permit, now, async move |tx| tx.note(event))
            .await?;
        Ok(())
    }
}
