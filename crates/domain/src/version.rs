//! Versions of an API and their lifecycle: `draft → published → deprecated → retired`, and `blocked` while live.
//!
//! Invariant: a status changes only by the moves below, each of which says what happened.

mod status;

use std::fmt;

use crate::{
    access::Subject,
    api::ApiRef,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::{RevisionId, VersionId},
    revision::Revision,
    staleness::Staleness,
    text::{Reason, Upstream, VersionNumber},
    time::Timestamp,
};

pub use status::{Live, Status, StatusName};

/// A version as the things that point at it know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRef {
    /// The version.
    pub id: VersionId,
    /// Its API.
    pub api: ApiRef,
    /// Its number.
    pub number: VersionNumber,
}

impl fmt::Display for VersionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.api.name, self.number)
    }
}

/// A major version of an API, with its own contract, upstream and lifecycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    place: VersionRef,
    status: Status,
    upstream: Upstream,
    contract: Option<RevisionId>,
    staleness: Staleness,
    drafted: Timestamp,
    revision: Revision,
}

/// A version as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Version`")]
pub struct VersionParts {
    pub place: VersionRef,
    pub status: Status,
    pub upstream: Upstream,
    pub contract: Option<RevisionId>,
    pub staleness: Staleness,
    pub drafted: Timestamp,
    pub revision: Revision,
}

/// Why a move of the lifecycle is refused: what was wrong with this move.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Only a draft can do this.
    #[error("the version is {0}, and only a draft can be published or discarded")]
    NotADraft(StatusName),
    /// Publishing needs a contract.
    #[error("the version has no contract yet; upload one, then publish")]
    NoContract,
    /// Only a published version can be deprecated; a deprecated one may move its sunset.
    #[error("the version is {0}, and only a published or deprecated version can be deprecated")]
    NotPublished(StatusName),
    /// The sunset must lie ahead.
    #[error("the sunset {0} is not in the future")]
    SunsetInThePast(Timestamp),
    /// Only a deprecated version can be retired.
    #[error("the version is {0}, and only a deprecated version can be retired; deprecate it first")]
    NotDeprecated(StatusName),
    /// Only a live version can be blocked.
    #[error("the version is {0}, and only a published or deprecated version can be blocked")]
    NotLive(StatusName),
    /// Only a blocked version can be unblocked.
    #[error("the version is {0}, and only a blocked version can be unblocked")]
    NotBlocked(StatusName),
    /// A version that is over takes no more changes.
    #[error("the version is {0}, and nothing about it changes any more")]
    Over(StatusName),
}

impl Version {
    /// A new draft.
    pub fn draft(place: VersionRef, upstream: Upstream, now: Timestamp) -> Change<Self> {
        let (status, contract, revision) = (Status::Draft, None, Revision::NEW);
        let version = Self {
            place,
            status,
            upstream,
            contract,
            staleness: Staleness::DEFAULT,
            drafted: now,
            revision,
        };
        Change::first(Kind::VersionDrafted, version)
    }

    /// The version of stored parts.
    #[must_use]
    pub fn restore(parts: VersionParts) -> Self {
        let VersionParts {
            place,
            status,
            upstream,
            contract,
            staleness,
            drafted,
            revision,
        } = parts;
        Self {
            place,
            status,
            upstream,
            contract,
            staleness,
            drafted,
            revision,
        }
    }

    /// Takes a revision of the contract into use; the reason is why, when it breaks what callers rely on.
    ///
    /// # Errors
    /// `Over` for a retired or discarded version.
    pub fn adopt(
        self,
        contract: RevisionId,
        reason: Option<Reason>,
    ) -> Result<Change<Self>, VersionError> {
        self.is_not_over()?;
        let adopt = |version| Self {
            contract: Some(contract),
            ..version
        };
        Ok(Change::step(Kind::ContractAdopted, self, adopt).because(reason))
    }

    /// The contract that callers rely on: none before it is published and none after it is over.
    #[must_use]
    pub fn promised(&self) -> Option<RevisionId> {
        match self.status {
            Status::Live(_) | Status::Blocked { .. } => self.contract,
            Status::Draft | Status::Retired { .. } | Status::Discarded { .. } => None,
        }
    }

    /// Sends its requests somewhere else.
    ///
    /// # Errors
    /// `Over` for a retired or discarded version.
    pub fn redirect(self, upstream: Upstream) -> Result<Change<Self>, VersionError> {
        self.is_not_over()?;
        Ok(Change::step(Kind::VersionRedirected, self, |version| {
            Self {
                upstream,
                ..version
            }
        }))
    }

    /// Says what becomes of its calls at gateways that are out of date.
    ///
    /// # Errors
    /// `Over` for a retired or discarded version.
    pub fn agree(self, staleness: Staleness) -> Result<Change<Self>, VersionError> {
        self.is_not_over()?;
        let agree = |version| Self {
            staleness,
            ..version
        };
        Ok(Change::step(Kind::VersionStalenessAgreed, self, agree))
    }

    /// Opens a draft to callers.
    ///
    /// # Errors
    /// `NotADraft`; `NoContract` when none was uploaded.
    pub fn publish(self, now: Timestamp) -> Result<Change<Self>, VersionError> {
        let Status::Draft = self.status else {
            return Err(VersionError::NotADraft(self.status.name()));
        };
        if self.contract.is_none() {
            return Err(VersionError::NoContract);
        }
        Ok(self.go(
            Kind::VersionPublished,
            Status::Live(Live::Published { at: now }),
        ))
    }

    /// Opens a draft to callers although its contract has errors of the ruleset that its API chose; the reason says why.
    ///
    /// # Errors
    /// As `publish`.
    pub fn publish_despite(
        self,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Change<Self>, VersionError> {
        Ok(self.publish(now)?.because(Some(reason)))
    }

    /// Announces the end, or moves an announced end.
    ///
    /// # Errors
    /// `NotPublished`; `SunsetInThePast`.
    pub fn deprecate(
        self,
        sunset: Timestamp,
        now: Timestamp,
    ) -> Result<Change<Self>, VersionError> {
        let (published, at) = match self.status {
            Status::Live(Live::Published { at }) => (at, now),
            Status::Live(Live::Deprecated { published, at, .. }) => (published, at),
            Status::Draft
            | Status::Blocked { .. }
            | Status::Retired { .. }
            | Status::Discarded { .. } => {
                return Err(VersionError::NotPublished(self.status.name()));
            }
        };
        if sunset <= now {
            return Err(VersionError::SunsetInThePast(sunset));
        }
        let live = Live::Deprecated {
            published,
            at,
            sunset,
        };
        Ok(self.go(Kind::VersionDeprecated, Status::Live(live)))
    }

    /// Ends it for good.
    ///
    /// # Errors
    /// `NotDeprecated`: callers are warned before they are cut off.
    pub fn retire(self, now: Timestamp) -> Result<Change<Self>, VersionError> {
        match self.status {
            Status::Live(live @ Live::Deprecated { .. })
            | Status::Blocked {
                live: live @ Live::Deprecated { .. },
                ..
            } => Ok(self.go(Kind::VersionRetired, Status::Retired { at: now, live })),
            Status::Draft
            | Status::Live(Live::Published { .. })
            | Status::Blocked {
                live: Live::Published { .. },
                ..
            }
            | Status::Retired { .. }
            | Status::Discarded { .. } => Err(VersionError::NotDeprecated(self.status.name())),
        }
    }

    /// Stops it at once.
    ///
    /// # Errors
    /// `NotLive`.
    pub fn block(self, reason: Reason, now: Timestamp) -> Result<Change<Self>, VersionError> {
        let Status::Live(live) = self.status else {
            return Err(VersionError::NotLive(self.status.name()));
        };
        let status = Status::Blocked {
            at: now,
            reason: reason.clone(),
            live,
        };
        Ok(self.go(Kind::VersionBlocked, status).because(Some(reason)))
    }

    /// Lets it answer again.
    ///
    /// # Errors
    /// `NotBlocked`.
    pub fn unblock(self) -> Result<Change<Self>, VersionError> {
        let Status::Blocked { live, .. } = self.status else {
            return Err(VersionError::NotBlocked(self.status.name()));
        };
        Ok(self.go(Kind::VersionUnblocked, Status::Live(live)))
    }

    /// Gives a draft up.
    ///
    /// # Errors
    /// `NotADraft`.
    pub fn discard(self, now: Timestamp) -> Result<Change<Self>, VersionError> {
        let Status::Draft = self.status else {
            return Err(VersionError::NotADraft(self.status.name()));
        };
        Ok(self.go(Kind::VersionDiscarded, Status::Discarded { at: now }))
    }

    /// What it is, for those who point at it.
    #[must_use]
    pub fn place(&self) -> &VersionRef {
        &self.place
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Where its requests go.
    #[must_use]
    pub fn upstream(&self) -> &Upstream {
        &self.upstream
    }

    /// The revision of its contract in use.
    #[must_use]
    pub fn contract(&self) -> Option<RevisionId> {
        self.contract
    }

    /// What becomes of its calls at gateways that are out of date.
    #[must_use]
    pub fn staleness(&self) -> Staleness {
        self.staleness
    }

    /// When it was drafted.
    #[must_use]
    pub fn drafted(&self) -> Timestamp {
        self.drafted
    }

    fn go(self, kind: Kind, status: Status) -> Change<Self> {
        Change::step(kind, self, |version| Self { status, ..version })
    }

    fn is_not_over(&self) -> Result<(), VersionError> {
        match self.status.name() {
            over @ (StatusName::Retired | StatusName::Discarded) => Err(VersionError::Over(over)),
            StatusName::Draft
            | StatusName::Published
            | StatusName::Deprecated
            | StatusName::Blocked => Ok(()),
        }
    }
}

impl Aggregate for Version {
    fn target(&self) -> Target {
        let (id, label) = (self.place.id.to_string(), self.place.to_string());
        Target {
            kind: "version",
            id,
            label,
            parent: Some(self.place.api.id.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        self.place.api.subject()
    }

    fn facts(&self) -> Facts {
        facts([
            ("status", self.status.name().to_string()),
            ("sunset", or_none(self.status.sunset())),
            ("upstream", self.upstream.to_string()),
            ("contract", or_none(self.contract)),
            ("staleness", self.staleness.to_string()),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
