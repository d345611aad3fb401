//! Audit events: what happened, to what, decided together with the change it describes.
//!
//! Invariant: outside this crate a new state and its event exist only together, as a `Change`.

use std::collections::BTreeMap;

use crate::{
    access::{Action, Denied, Subject},
    revision::Revision,
    revocation::Revocation,
    text::Reason,
};

pub use crate::audit_kind::Kind;

/// The named values that make up a thing's state, without its secrets; what is compared and hashed.
pub type Facts = BTreeMap<&'static str, String>;

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The noun, for instance `version`.
    pub kind: &'static str,
    /// Its id on the wire.
    pub id: String,
    /// What people call it; never personal (operators are named when the trail is read).
    pub label: String,
    /// The id of the thing it belongs to.
    pub parent: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Success,
    /// The policy forbade it.
    Denied,
    /// It was allowed but could not be done.
    Failure,
}

impl Outcome {
    /// The word in the trail.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Failure => "failure",
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    kind: Kind,
    outcome: Outcome,
    subject: Subject,
    target: Target,
    before: Option<Facts>,
    after: Option<Facts>,
    reason: Option<Reason>,
    revokes: Option<Revocation>,
}

impl Event {
    /// Something that happened without changing a stored thing: a sign-in, a verification.
    #[must_use]
    pub fn note(kind: Kind, outcome: Outcome, subject: Subject, target: Target) -> Self {
        Self {
            kind,
            outcome,
            subject,
            target,
            before: None,
            after: None,
            reason: None,
            revokes: None,
        }
    }

    /// Something that was revoked without changing a stored thing: the revocation is the record.
    pub(crate) fn revocation(
        kind: Kind,
        subject: Subject,
        target: Target,
        revokes: Revocation,
    ) -> Self {
        Self {
            revokes: Some(revokes),
            ..Self::note(kind, Outcome::Success, subject, target)
        }
    }

    /// The same event with the reason that was given for it.
    #[must_use]
    pub(crate) fn because(self, reason: Reason) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// An attempt that the policy forbade.
    #[must_use]
    pub fn denied(denied: &Denied) -> Self {
        let subject = denied.on().clone();
        let target = subject.target();
        Self::note(
            Kind::AccessDenied(denied.action()),
            Outcome::Denied,
            subject,
            target,
        )
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What a permit must be for.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What it is about.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The state before, when the thing existed.
    #[must_use]
    pub fn before(&self) -> Option<&Facts> {
        self.before.as_ref()
    }

    /// The state after, when something was stored.
    #[must_use]
    pub fn after(&self) -> Option<&Facts> {
        self.after.as_ref()
    }

    /// Why, in the words of who did it.
    #[must_use]
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// What is refused from then on because of it, if anything is.
    #[must_use]
    pub fn revokes(&self) -> Option<&Revocation> {
        self.revokes.as_ref()
    }
}

/// A thing with a life of its own: stored as one row, changed only by its transitions.
pub trait Aggregate: Sized {
    /// What events about it point at.
    fn target(&self) -> Target;
    /// What a permit to change it must be for.
    fn subject(&self) -> Subject;
    /// Its state, without secrets.
    fn facts(&self) -> Facts;
    /// How often it was written.
    fn revision(&self) -> Revision;
    /// The same thing after one more write.
    #[must_use]
    fn at(self, revision: Revision) -> Self;
}

/// A decided change: the state to store and the event to store beside it. Inseparable outside this crate.
#[must_use = "a change that is not written has not happened"]
#[derive(Debug)]
pub struct Change<T> {
    after: T,
    event: Event,
}

impl<T: Aggregate> Change<T> {
    /// The first state of a new thing.
    pub(crate) fn first(kind: Kind, after: T) -> Self {
        let event = Event {
            after: Some(after.facts()),
            ..Event::note(kind, Outcome::Success, after.subject(), after.target())
        };
        Self { after, event }
    }

    /// One step of an existing thing.
    pub(crate) fn step(kind: Kind, before: T, step: impl FnOnce(T) -> T) -> Self {
        let facts = before.facts();
        let change = Self::first(kind, step(before));
        Self {
            event: Event {
                before: Some(facts),
                ..change.event
            },
            ..change
        }
    }

    /// The same change with the reason that was given for it.
    pub(crate) fn because(self, reason: Option<Reason>) -> Self {
        Self {
            event: Event {
                reason,
                ..self.event
            },
            ..self
        }
    }

    /// The same change, which also is a revocation.
    pub(crate) fn revoking(self, revokes: Revocation) -> Self {
        Self {
            event: Event {
                revokes: Some(revokes),
                ..self.event
            },
            ..self
        }
    }

    /// The event that will stand in the trail.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The state that will be stored.
    #[must_use]
    pub fn after(&self) -> &T {
        &self.after
    }

    /// Takes the change apart; only the store's `Tx::write` may (`tidy` checks).
    #[must_use]
    pub fn into_parts(self) -> (T, Event) {
        (self.after, self.event)
    }
}

/// Facts from pairs; a convenience for `Aggregate::facts`.
pub(crate) fn facts<const N: usize>(pairs: [(&'static str, String); N]) -> Facts {
    pairs.into_iter().collect()
}

/// The fact of a value that may be missing.
pub(crate) fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

/// The fact of several values, in their order.
pub(crate) fn list(values: impl IntoIterator<Item = impl ToString>) -> String {
    let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
    values.join(" ")
}

impl Kind {
    /// Whether a permit for `action` may write an event of this kind.
    #[must_use]
    pub fn is_allowed_by(self, action: Action) -> bool {
        self.actions().contains(&action)
    }
}
