//! Successions: a token that is replaced by another, and goes on for a while beside it, so that nothing has to be changed at
//! one moment. And when it is said that a token or key ends soon.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Event, Facts, Kind, Outcome, Target, facts},
    id::TokenId,
    operation::Scope,
    plan::{Lifetime, NotALifetime},
    revision::Revision,
    time::Timestamp,
    token::{Token, TokenWish},
};

/// The longest a replaced token goes on: a month, in which every deployment comes round once.
pub const LONGEST_OVERLAP: Duration = Duration::from_secs(30 * 86_400);

/// How many days before its end it is said of a token or key that it ends.
pub const REMINDERS: [u64; 3] = [30, 7, 1];

/// That one token takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The one that is replaced.
    pub token: TokenId,
    /// What takes its place.
    pub successor: TokenId,
    /// When the replaced one is revoked.
    pub ends: Timestamp,
    /// How often it was written.
    pub revision: Revision,
    subject: Subject,
    target: Target,
}

/// How a token is to be replaced.
#[derive(Clone, Debug, Default)]
pub struct Replacement {
    /// The scopes of the new one, of those the old one carries; all of them when nothing is said.
    pub scopes: Option<BTreeSet<Scope>>,
    /// How long the new one lives; as long as the old one was to live when nothing is said.
    pub lifetime: Option<Lifetime>,
    /// How long the old one goes on.
    pub overlap: Duration,
}

/// Why a token is not replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionError {
    /// It is over already.
    #[error("the token is over already; issue another instead")]
    Over,
    /// Another one has taken its place already.
    #[error("the token is replaced already; replace its successor instead")]
    Replaced,
    /// A scope that the old one does not carry.
    #[error("the token does not carry {0}, and a replacement carries no more than it")]
    Wider(Scope),
    /// Longer than a month.
    #[error("a replaced token goes on for at most 30 days")]
    Overlap,
    /// What the old one had left makes no lifetime.
    #[error(transparent)]
    Lifetime(#[from] NotALifetime),
}

impl Token {
    /// What is to be issued in its place. No scope can be added on the way: a replacement only ever narrows.
    ///
    /// # Errors
    /// Every variant of `SuccessionError` but `Replaced`.
    pub fn to_be_replaced(
        &self,
        replacement: &Replacement,
        now: Timestamp,
    ) -> Result<TokenWish, SuccessionError> {
        if self.revoked().is_some() || self.expires() <= now {
            return Err(SuccessionError::Over);
        }
        if replacement.overlap > LONGEST_OVERLAP {
            return Err(SuccessionError::Overlap);
        }
        let scopes = replacement
            .scopes
            .clone()
            .unwrap_or_else(|| self.scopes().clone());
        if let Some(wider) = scopes.difference(self.scopes()).next() {
            return Err(SuccessionError::Wider(wider.clone()));
        }
        let lifetime = match replacement.lifetime {
            Some(lifetime) => lifetime,
            None => self.expires().since(self.issued()).as_secs().try_into()?,
        };
        Ok(TokenWish {
            name: self.name().clone(),
            scopes,
            lifetime,
        })
    }

    /// That it ends within so many days, as an event.
    #[must_use]
    pub fn ends_soon(&self) -> Event {
        let (subject, target) = (self.subject(), self.target());
        Event::note(Kind::TokenEndsSoon, Outcome::Success, subject, target)
    }
}

impl Succession {
    /// Records that `successor` takes the place of `token`, which goes on until `overlap` is over, or until its own end.
    pub fn begin(
        token: &Token,
        successor: &Token,
        overlap: Duration,
        now: Timestamp,
    ) -> Change<Self> {
        let succession = Self {
            token: token.id(),
            successor: successor.id(),
            ends: now.plus(overlap).min(token.expires()),
            revision: Revision::NEW,
            subject: token.subject(),
            target: token.target(),
        };
        Change::first(Kind::TokenReplaced, succession)
    }
}

impl Aggregate for Succession {
    fn target(&self) -> Target {
        self.target.clone()
    }

    /// That of the replaced token: whoever replaces it ends it.
    fn subject(&self) -> Subject {
        self.subject.clone()
    }

    fn facts(&self) -> Facts {
        facts([
            ("successor", self.successor.to_string()),
            ("ends", self.ends.to_string()),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
