//! Refresh families: one grant, and the chain of refresh tokens that keeps it alive. At any time one of them, the head,
//! is good for a new access token; using it makes the next one the head (RFC 9700 section 4.14.2).
//!
//! Invariant: which token may be used is decided by its generation, never by a clock. A family has one head at most, and
//! a family that is revoked has none for ever.

mod outcome;
mod person;
mod terms;
mod token;

use std::collections::BTreeSet;

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list, or_none},
    binding::Binding,
    id::{ApplicationId, FamilyId, TeamId},
    operation::Scope,
    revision::Revision,
    revocation::Revocation,
    text::{Name, Reason},
    time::Timestamp,
    version::VersionRef,
};

pub use outcome::{FamilyError, Use};
pub use person::Person;
pub use terms::FamilyTerms;
pub use token::{
    LENGTH, NotARefreshToken, RefreshSecret, RefreshToken, RefreshTokenParts, Successor, draw,
    id_of,
};

/// One grant and where its chain stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    id: FamilyId,
    application: ApplicationId,
    name: Name,
    versions: Vec<VersionRef>,
    scopes: BTreeSet<Scope>,
    binding: Option<Binding>,
    /// Who granted it; nobody in particular where an operator began it.
    person: Option<Person>,
    begun: Timestamp,
    idle_end: Timestamp,
    absolute_end: Timestamp,
    /// The generation of the one token that may be used.
    head: u32,
    /// When the last access token that was issued under it ends.
    last_expiry: Timestamp,
    revoked: Option<Timestamp>,
    revision: Revision,
}

/// A family as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Family`")]
pub struct FamilyParts {
    pub id: FamilyId,
    pub application: ApplicationId,
    pub name: Name,
    pub versions: Vec<VersionRef>,
    pub scopes: BTreeSet<Scope>,
    pub binding: Option<Binding>,
    pub person: Option<Person>,
    pub begun: Timestamp,
    pub idle_end: Timestamp,
    pub absolute_end: Timestamp,
    pub head: u32,
    pub last_expiry: Timestamp,
    pub revoked: Option<Timestamp>,
    pub revision: Revision,
}

/// What a new family is for.
#[derive(Clone, Debug)]
pub struct NewFamily {
    /// The id drawn for it, which its access tokens carry as `sid`.
    pub id: FamilyId,
    /// The application that holds it.
    pub application: ApplicationId,
    /// What people will call it.
    pub name: Name,
    /// What its access tokens may be for.
    pub versions: Vec<VersionRef>,
    /// What they may carry.
    pub scopes: BTreeSet<Scope>,
    /// The key or the certificate whose holder alone may refresh.
    pub binding: Option<Binding>,
    /// Who grants it, when it is a person who allowed the application to act for them.
    pub person: Option<Person>,
    /// When the access token that comes with it ends at the latest; now, where none does.
    pub last_expiry: Timestamp,
}

impl Family {
    /// Begins a family, whose first token has generation 0.
    pub fn begin(new: NewFamily, terms: FamilyTerms, now: Timestamp) -> Change<Self> {
        let NewFamily {
            id,
            application,
            name,
            mut versions,
            scopes,
            binding,
            person,
            last_expiry,
        } = new;
        versions.sort_by_key(|version| version.id);
        versions.dedup_by_key(|version| version.id);
        let absolute_end = now.plus(terms.absolute);
        let family = Self {
            id,
            application,
            name,
            versions,
            scopes,
            binding,
            person,
            begun: now,
            idle_end: now.plus(terms.idle).min(absolute_end),
            absolute_end,
            head: 0,
            last_expiry,
            revoked: None,
            revision: Revision::NEW,
        };
        Change::first(Kind::FamilyBegun, family)
    }

    /// The family of stored parts.
    #[must_use]
    pub fn restore(parts: FamilyParts) -> Self {
        let FamilyParts {
            id,
            application,
            name,
            versions,
            scopes,
            binding,
            person,
            begun,
            idle_end,
            absolute_end,
            head,
            last_expiry,
            revoked,
            revision,
        } = parts;
        Self {
            id,
            application,
            name,
            versions,
            scopes,
            binding,
            person,
            begun,
            idle_end,
            absolute_end,
            head,
            last_expiry,
            revoked,
            revision,
        }
    }

    /// Whether this application, having proved to hold this, may refresh. Asked before the token's generation is, so that a
    /// stranger who holds a token can neither use it nor end what is not theirs.
    ///
    /// # Errors
    /// Every variant of `FamilyError`.
    pub fn admits(
        &self,
        application: ApplicationId,
        proved: Option<&Binding>,
        now: Timestamp,
    ) -> Result<(), FamilyError> {
        if self.application != application {
            return Err(FamilyError::AnotherApplication);
        }
        if self.binding.is_some() && self.binding.as_ref() != proved {
            return Err(FamilyError::AnotherKey);
        }
        if self.revoked.is_some() {
            return Err(FamilyError::Revoked);
        }
        if self.idle_end.min(self.absolute_end) <= now {
            return Err(FamilyError::Ended);
        }
        Ok(())
    }

    /// What presenting one of its tokens comes to.
    #[must_use]
    pub fn judge(&self, token: &RefreshToken, terms: FamilyTerms, now: Timestamp) -> Use {
        let Some(consumed) = token.consumed() else {
            // An unused token that is not the head cannot be: whoever made it so did not go through here.
            return if token.generation() == self.head {
                Use::Turn
            } else {
                Use::Reuse
            };
        };
        let successor_is_unused = token.generation().checked_add(1) == Some(self.head);
        let grace = terms.grace.min(FamilyTerms::MAX_GRACE);
        let is_soon = now.since(consumed) <= grace;
        if successor_is_unused && is_soon && token.repeats() < terms.repeats {
            Use::Repeat
        } else {
            Use::Reuse
        }
    }

    /// The next token becomes the head; the access token that comes with it ends at `expiry`.
    pub fn turn(self, expiry: Timestamp, terms: FamilyTerms, now: Timestamp) -> Change<Self> {
        Change::step(Kind::FamilyTurned, self, |family| Self {
            head: family.head.saturating_add(1),
            idle_end: now.plus(terms.idle).min(family.absolute_end),
            last_expiry: family.last_expiry.max(expiry),
            ..family
        })
    }

    /// The same successor is given once more, with another access token that ends at `expiry`.
    pub fn repeat(self, expiry: Timestamp) -> Change<Self> {
        Change::step(Kind::FamilyRepeated, self, |family| Self {
            last_expiry: family.last_expiry.max(expiry),
            ..family
        })
    }

    /// Ends it, with every access token that came of it.
    ///
    /// # Errors
    /// `Revoked`.
    pub fn revoke(
        self,
        reason: Option<Reason>,
        now: Timestamp,
    ) -> Result<Change<Self>, FamilyError> {
        if self.revoked.is_some() {
            return Err(FamilyError::Revoked);
        }
        let revocation = Revocation::of_family(
            &self.id.to_string(),
            self.last_expiry.max(self.absolute_end),
        );
        let change = Change::step(Kind::FamilyRevoked, self, |family| Self {
            revoked: Some(now),
            ..family
        });
        Ok(change.because(reason).revoking(revocation))
    }

    /// Its id: the `sid` of its access tokens.
    #[must_use]
    pub fn id(&self) -> FamilyId {
        self.id
    }

    /// The application that holds it.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What its access tokens may be for, in order of id.
    #[must_use]
    pub fn versions(&self) -> &[VersionRef] {
        &self.versions
    }

    /// What they may carry.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<Scope> {
        &self.scopes
    }

    /// What it is bound to.
    #[must_use]
    pub fn binding(&self) -> Option<&Binding> {
        self.binding.as_ref()
    }

    /// Who granted it.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        self.person
    }

    /// When it began.
    #[must_use]
    pub fn begun(&self) -> Timestamp {
        self.begun
    }

    /// When it ends if nobody uses it.
    #[must_use]
    pub fn idle_end(&self) -> Timestamp {
        self.idle_end
    }

    /// When it ends in any case.
    #[must_use]
    pub fn absolute_end(&self) -> Timestamp {
        self.absolute_end
    }

    /// The generation of the token that may be used.
    #[must_use]
    pub fn head(&self) -> u32 {
        self.head
    }

    /// When the last access token that came of it ends.
    #[must_use]
    pub fn last_expiry(&self) -> Timestamp {
        self.last_expiry
    }

    /// When it was revoked, if it was.
    #[must_use]
    pub fn revoked(&self) -> Option<Timestamp> {
        self.revoked
    }
}

impl Aggregate for Family {
    fn target(&self) -> Target {
        Target {
            kind: "refresh-family",
            id: self.id.to_string(),
            label: self.name.to_string(),
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        let teams: BTreeSet<TeamId> = self
            .versions
            .iter()
            .map(|version| version.api.team)
            .collect();
        Subject::Grant {
            application: self.application,
            teams,
        }
    }

    fn facts(&self) -> Facts {
        facts([
            ("versions", list(&self.versions)),
            ("scopes", list(&self.scopes)),
            ("binding", or_none(self.binding.as_ref())),
            ("person", or_none(self.person.map(|person| person.operator))),
            ("generation", self.head.to_string()),
            ("idle_end", self.idle_end.to_string()),
            ("absolute_end", self.absolute_end.to_string()),
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
