//! Consumers and their applications: who calls.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::{ApplicationId, ConsumerId, TeamId},
    revision::Revision,
    revocation::{Revocation, RevocationKind, watermark},
    text::{Name, Reason},
    time::Timestamp,
};

/// An organisation or team that calls APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Its id.
    pub id: ConsumerId,
    /// Its name, unique without regard to case.
    pub name: Name,
    /// When it was registered.
    pub registered: Timestamp,
    /// How often it was written.
    pub revision: Revision,
}

impl Consumer {
    /// A new consumer.
    pub fn register(id: ConsumerId, name: Name, now: Timestamp) -> Change<Self> {
        let consumer = Self {
            id,
            name,
            registered: now,
            revision: Revision::NEW,
        };
        Change::first(Kind::ConsumerRegistered, consumer)
    }
}

impl Aggregate for Consumer {
    fn target(&self) -> Target {
        let label = self.name.to_string();
        Target {
            kind: "consumer",
            id: self.id.to_string(),
            label,
            parent: None,
        }
    }

    fn subject(&self) -> Subject {
        if self.revision == Revision::NEW {
            return Subject::Installation;
        }
        Subject::Consumer(self.id)
    }

    fn facts(&self) -> Facts {
        facts([("name", self.name.to_string())])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

/// The public name of an application in tokens: `c_` and 26 characters, so that it can never be taken for a user's
/// (RFC 9068 section 5; RFC 9700 section 4.15).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// The client id of an application.
    #[must_use]
    pub fn of(application: ApplicationId) -> Self {
        let id = application.to_string();
        let digits = id.split_once('_').map_or(id.as_str(), |(_, digits)| digits);
        Self(format!("c_{digits}"))
    }

    /// A client id that stands in a token or snapshot; any text, since it only ever is looked up.
    #[must_use]
    pub fn from_wire(text: String) -> Self {
        Self(text)
    }

    /// The application that it names, if it is written as such a name is.
    #[must_use]
    pub fn application(&self) -> Option<ApplicationId> {
        let digits = self.0.strip_prefix("c_")?;
        format!("{}_{digits}", ApplicationId::PREFIX).parse().ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for ClientId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One client of a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The consumer it is of.
    pub consumer: ConsumerId,
    /// The consumer's name, for those who read about the application.
    pub consumer_name: Name,
    /// Its name, unique within the consumer without regard to case.
    pub name: Name,
    /// The teams whose APIs it has subscriptions to, open or paused.
    pub teams: BTreeSet<TeamId>,
    /// When it was registered.
    pub registered: Timestamp,
    /// Tokens issued before this moment are refused. On a whole second.
    pub not_before: Option<Timestamp>,
    /// Since when it is disabled, if it is.
    pub disabled: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// Why a move of an application is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplicationError {
    /// It is disabled already.
    #[error("the application is disabled already")]
    AlreadyDisabled,
    /// It is not disabled.
    #[error("the application is not disabled")]
    NotDisabled,
}

impl Application {
    /// A new application of a consumer.
    pub fn register(
        id: ApplicationId,
        consumer: &Consumer,
        name: Name,
        now: Timestamp,
    ) -> Change<Self> {
        let application = Self {
            id,
            consumer: consumer.id,
            consumer_name: consumer.name.clone(),
            name,
            teams: BTreeSet::new(),
            registered: now,
            not_before: None,
            disabled: None,
            revision: Revision::NEW,
        };
        Change::first(Kind::ApplicationRegistered, application)
    }

    /// Revokes every token issued so far. The watermark is the next whole second, because `iat` is in seconds and a
    /// token of this same second must die; issuing waits until it has passed.
    pub fn revoke_tokens(self, reason: Option<Reason>, now: Timestamp) -> Change<Self> {
        let watermark = watermark(now);
        let not_before = self
            .not_before
            .map_or(watermark, |earlier| earlier.max(watermark));
        let revocation = Revocation::of_application(&self, not_before);
        let kind = Kind::ApplicationTokensRevoked;
        let change = Change::step(kind, self, |application| Self {
            not_before: Some(not_before),
            ..application
        });
        change.because(reason).revoking(revocation)
    }

    /// Stops it from calling anything.
    ///
    /// # Errors
    /// `AlreadyDisabled`.
    pub fn disable(self, now: Timestamp) -> Result<Change<Self>, ApplicationError> {
        if self.disabled.is_some() {
            return Err(ApplicationError::AlreadyDisabled);
        }
        let revocation = Revocation::whole(RevocationKind::ApplicationDisabled, &self);
        let disable = |application| Self {
            disabled: Some(now),
            ..application
        };
        Ok(Change::step(Kind::ApplicationDisabled, self, disable).revoking(revocation))
    }

    /// Lets it call again.
    ///
    /// # Errors
    /// `NotDisabled`.
    pub fn enable(self) -> Result<Change<Self>, ApplicationError> {
        if self.disabled.is_none() {
            return Err(ApplicationError::NotDisabled);
        }
        let end = Revocation::whole(RevocationKind::ApplicationEnabled, &self);
        let enable = |application| Self {
            disabled: None,
            ..application
        };
        Ok(Change::step(Kind::ApplicationEnabled, self, enable).revoking(end))
    }

    /// Its public name in tokens.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        ClientId::of(self.id)
    }

    /// What a permit must be for that reaches so far into APIs as these teams own.
    #[must_use]
    pub fn grant(&self, teams: BTreeSet<TeamId>) -> Subject {
        Subject::Grant {
            application: self.id,
            teams,
        }
    }
}

impl Aggregate for Application {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.name.to_string());
        Target {
            kind: "application",
            id,
            label,
            parent: Some(self.consumer.to_string()),
        }
    }

    /// Registering is for the consumer; afterwards everything the application reaches must be within one's teams.
    fn subject(&self) -> Subject {
        if self.revision == Revision::NEW {
            return Subject::Consumer(self.consumer);
        }
        self.grant(self.teams.clone())
    }

    fn facts(&self) -> Facts {
        facts([
            ("name", self.name.to_string()),
            ("not_before", or_none(self.not_before)),
            ("disabled", or_none(self.disabled)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
