//! The hold of a client on its own registration (RFC 7592): the token with which it reads, replaces and gives up what it
//! registered.
//!
//! Invariant: one token is the newest, and the one before it is good until the newest was used once, so that an answer may be
//! lost. Whoever shows the one before is given the same newest one again: two who ask at once go on with one token.

use std::collections::BTreeSet;

use super::{Ceiling, InitialToken};
use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    consumer::{Application, ClientId},
    credential::Fingerprint,
    id::{ApplicationId, InitialTokenId, TeamId},
    revision::Revision,
    text::Name,
    time::Timestamp,
};

/// The token that is to come next, sealed under the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSuccessor(pub Vec<u8>);

/// The hold of a client on its own registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRegistration {
    /// The application.
    pub application: ApplicationId,
    /// The teams whose APIs it reaches.
    pub teams: BTreeSet<TeamId>,
    /// What it registered itself with.
    pub initial: InitialTokenId,
    /// What it said people are to call it.
    pub name: Option<Name>,
    /// The most that it may register for itself.
    pub ceiling: Ceiling,
    /// SHA-256 of the newest token.
    pub newest: Fingerprint,
    /// SHA-256 of the one before, until the newest was used, with the newest sealed under it.
    pub before: Option<(Fingerprint, SealedSuccessor)>,
    /// How many tokens there were before the newest.
    pub turns: u32,
    /// When it was registered.
    pub begun: Timestamp,
    /// When the hold ended, if it did.
    pub ended: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// Which of its tokens somebody shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The newest one.
    Newest,
    /// The one before it.
    Before,
}

impl OwnRegistration {
    /// The hold of an application that has just registered itself.
    pub fn begin(
        application: &Application,
        with: &InitialToken,
        name: Option<Name>,
        newest: Fingerprint,
        now: Timestamp,
    ) -> Change<Self> {
        let own = Self {
            application: application.id,
            teams: application.teams.clone(),
            initial: with.id,
            name,
            ceiling: with.ceiling.clone(),
            newest,
            before: None,
            turns: 0,
            begun: now,
            ended: None,
            revision: Revision::NEW,
        };
        Change::first(Kind::OwnRegistrationBegun, own)
    }

    /// Which of its tokens this is; nothing when it is none, or the hold has ended.
    #[must_use]
    pub fn holds(&self, shown: &Fingerprint) -> Option<Held> {
        if self.ended.is_some() {
            return None;
        }
        if self.newest == *shown {
            return Some(Held::Newest);
        }
        let is_before = |(before, _): &(Fingerprint, SealedSuccessor)| before == shown;
        self.before
            .as_ref()
            .is_some_and(is_before)
            .then_some(Held::Before)
    }

    /// Lets another token be the newest. The one that was stays good until then.
    pub fn turn(self, next: Fingerprint, sealed: SealedSuccessor) -> Change<Self> {
        Change::step(Kind::OwnRegistrationTurned, self, |own| Self {
            newest: next,
            before: Some((own.newest, sealed)),
            turns: own.turns.saturating_add(1),
            ..own
        })
    }

    /// Takes over what the client says it is called.
    pub fn rename(self, name: Option<Name>) -> Change<Self> {
        Change::step(Kind::OwnRegistrationRenamed, self, |own| Self {
            name,
            ..own
        })
    }

    /// Bounds what the client may register for itself by what an operator made of it.
    pub fn bound(self, ceiling: Ceiling) -> Change<Self> {
        Change::step(Kind::OwnRegistrationBounded, self, |own| Self {
            ceiling,
            ..own
        })
    }

    /// Ends it, for good: its tokens prove nothing any more.
    pub fn end(self, now: Timestamp) -> Change<Self> {
        Change::step(Kind::OwnRegistrationEnded, self, |own| Self {
            ended: Some(now),
            before: None,
            ..own
        })
    }
}

impl Aggregate for OwnRegistration {
    fn target(&self) -> Target {
        let client = ClientId::of(self.application).to_string();
        Target {
            kind: "own-registration",
            id: client.clone(),
            label: client,
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        Subject::Grant {
            application: self.application,
            teams: self.teams.clone(),
        }
    }

    fn facts(&self) -> Facts {
        let Ceiling {
            grants,
            methods,
            scopes,
            senders,
        } = &self.ceiling;
        facts([
            ("initial_token", self.initial.to_string()),
            ("name", or_none(self.name.as_ref())),
            ("grants", list(grants)),
            ("auth_methods", list(methods)),
            ("scopes", or_none(scopes.as_ref().map(list))),
            ("senders", senders.to_string()),
            ("turns", self.turns.to_string()),
            ("ended", or_none(self.ended)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
