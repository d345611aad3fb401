//! Initial access tokens (RFC 7591 section 3): with one, programs register themselves as applications of one consumer, as
//! often as it says and until it ends. An operator mints it; its text is shown once.

use std::time::Duration;

use super::Ceiling;
use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    consumer::Consumer,
    credential::Fingerprint,
    id::{ConsumerId, InitialTokenId, OperatorId},
    revision::Revision,
    text::{Name, Reason},
    time::Timestamp,
};

/// The bounds of its life: below a minute nobody can use it, beyond a year nobody remembers whom it was given to.
const LIFE: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(366 * 86_400);

/// As many programs register with one at most.
const MOST: u32 = 10_000;

/// An initial access token: everything about it but its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialToken {
    /// Its id.
    pub id: InitialTokenId,
    /// The consumer whose applications are registered with it.
    pub consumer: ConsumerId,
    /// What people call it.
    pub name: Name,
    /// SHA-256 of its text.
    pub fingerprint: Fingerprint,
    /// The first characters, for recognising it in a list.
    pub hint: String,
    /// The most that is registered with it.
    pub ceiling: Ceiling,
    /// Who minted it; nobody by name at the terminal.
    pub issuer: Option<OperatorId>,
    /// When it was minted.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// How many applications are registered with it at most.
    pub most: u32,
    /// How many were.
    pub used: u32,
    /// When the last one was.
    pub last_used: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// What is asked for when one is minted.
#[derive(Clone, Debug)]
pub struct InitialTokenWish {
    /// What people will call it.
    pub name: Name,
    /// The most that is registered with it.
    pub ceiling: Ceiling,
    /// How long it shall live.
    pub lifetime: Duration,
    /// How many applications are registered with it at most.
    pub most: u32,
}

/// What was drawn for a new one.
#[derive(Clone, Debug)]
pub struct DrawnInitialToken {
    /// Its id.
    pub id: InitialTokenId,
    /// SHA-256 of its text.
    pub fingerprint: Fingerprint,
    /// The first characters.
    pub hint: String,
    /// Who mints it.
    pub issuer: Option<OperatorId>,
}

/// Why a move of an initial access token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InitialTokenError {
    /// It would live too shortly or too long.
    #[error("an initial access token lives from one minute to 366 days")]
    Lifetime,
    /// It would be good for nothing, or for too many.
    #[error("an initial access token is good for 1 to 10000 registrations")]
    Most,
    /// Nothing could be registered with it.
    #[error("an initial access token allows at least one grant and one way of authentication")]
    Nothing,
    /// It was revoked before.
    #[error("the initial access token is revoked already")]
    AlreadyRevoked,
    /// It is over, revoked, or was used as often as it may be.
    #[error("nothing is registered with the initial access token any more")]
    Over,
}

impl InitialToken {
    /// A new one for a consumer.
    ///
    /// # Errors
    /// `Lifetime`; `Most`; `Nothing`.
    pub fn issue(
        consumer: &Consumer,
        wish: InitialTokenWish,
        drawn: DrawnInitialToken,
        now: Timestamp,
    ) -> Result<Change<Self>, InitialTokenError> {
        let InitialTokenWish {
            name,
            ceiling,
            lifetime,
            most,
        } = wish;
        if !LIFE.contains(&lifetime) {
            return Err(InitialTokenError::Lifetime);
        }
        if !(1..=MOST).contains(&most) {
            return Err(InitialTokenError::Most);
        }
        if ceiling.grants.is_empty() || ceiling.methods.is_empty() {
            return Err(InitialTokenError::Nothing);
        }
        let DrawnInitialToken {
            id,
            fingerprint,
            hint,
            issuer,
        } = drawn;
        let token = Self {
            id,
            consumer: consumer.id,
            name,
            fingerprint,
            hint,
            ceiling,
            issuer,
            issued: now,
            expires: now.plus(lifetime),
            most,
            used: 0,
            last_used: None,
            revoked: None,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::InitialTokenIssued, token))
    }

    /// Whether something can be registered with it now.
    #[must_use]
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires && self.used < self.most
    }

    /// Counts one registration.
    ///
    /// # Errors
    /// `Over`.
    pub fn register_one(self, now: Timestamp) -> Result<Change<Self>, InitialTokenError> {
        if !self.works(now) {
            return Err(InitialTokenError::Over);
        }
        Ok(Change::step(Kind::InitialTokenUsed, self, |token| Self {
            used: token.used.saturating_add(1),
            last_used: Some(now),
            ..token
        }))
    }

    /// Ends it. What was registered with it stays.
    ///
    /// # Errors
    /// `AlreadyRevoked`.
    pub fn revoke(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, InitialTokenError> {
        if self.revoked.is_some() {
            return Err(InitialTokenError::AlreadyRevoked);
        }
        let revoke = |token| Self {
            revoked: Some(now),
            ..token
        };
        Ok(Change::step(Kind::InitialTokenRevoked, self, revoke).because(reason))
    }
}

impl Aggregate for InitialToken {
    fn target(&self) -> Target {
        Target {
            kind: "initial-token",
            id: self.id.to_string(),
            label: self.name.to_string(),
            parent: Some(self.consumer.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        Subject::Consumer(self.consumer)
    }

    fn facts(&self) -> Facts {
        let Ceiling {
            grants,
            methods,
            scopes,
            senders,
        } = &self.ceiling;
        facts([
            ("hint", self.hint.clone()),
            ("grants", list(grants)),
            ("auth_methods", list(methods)),
            ("scopes", or_none(scopes.as_ref().map(list))),
            ("senders", senders.to_string()),
            ("expires", self.expires.to_string()),
            ("most", self.most.to_string()),
            ("used", self.used.to_string()),
            ("revoked", or_none(self.revoked)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
