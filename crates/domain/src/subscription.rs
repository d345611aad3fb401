//! Subscriptions: an application's right to call a version under a plan with certain scopes.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, list},
    consumer::Application,
    id::{ApplicationId, PlanId, SubscriptionId},
    plan::Plan,
    revision::Revision,
    text::{Name, ScopeName},
    time::Timestamp,
    version::{Status, StatusName, Version, VersionRef},
};

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionStatus {
    /// The application may call.
    Active,
    /// It may not call for now.
    Paused,
    /// It is over.
    Closed,
}

impl SubscriptionStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for SubscriptionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    id: SubscriptionId,
    application: ApplicationId,
    version: VersionRef,
    plan: PlanId,
    plan_name: Name,
    scopes: BTreeSet<ScopeName>,
    status: SubscriptionStatus,
    opened: Timestamp,
    revision: Revision,
}

/// A subscription as stored; only the store restores one (`tidy` checks).
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Subscription`")]
pub struct SubscriptionParts {
    pub id: SubscriptionId,
    pub application: ApplicationId,
    pub version: VersionRef,
    pub plan: PlanId,
    pub plan_name: Name,
    pub scopes: BTreeSet<ScopeName>,
    pub status: SubscriptionStatus,
    pub opened: Timestamp,
    pub revision: Revision,
}

/// Why subscribing, or a move of a subscription, is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// Only versions that can be called take subscriptions.
    #[error("{version} is {status}, and only a published version takes new subscriptions")]
    VersionNotPublished {
        /// The version.
        version: String,
        /// Where it stands.
        status: StatusName,
    },
    /// The plan belongs to another API.
    #[error("the plan {0} is not a plan of this API")]
    PlanOfAnotherApi(Name),
    /// The plan takes no new subscriptions.
    #[error("the plan {0} is closed to new subscriptions")]
    PlanClosed(Name),
    /// The contract names no such scope.
    #[error("the contract has no scope {scope}; it has {known}")]
    UnknownScope {
        /// What was asked for.
        scope: ScopeName,
        /// What there is, or `none`.
        known: String,
    },
    /// The subscription does not stand where the move begins.
    #[error("the subscription is {0}, so it cannot be {1}")]
    NotFrom(SubscriptionStatus, &'static str),
}

/// What is asked for when an application subscribes.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// The version.
    pub version: &'a Version,
    /// The scopes its contract names.
    pub catalogue: &'a BTreeSet<ScopeName>,
    /// The plan.
    pub plan: &'a Plan,
    /// The scopes, as the contract names them.
    pub scopes: BTreeSet<ScopeName>,
}

impl Subscription {
    /// Subscribes an application, with automatic approval.
    ///
    /// # Errors
    /// Every variant of `SubscriptionError` but `NotFrom`.
    pub fn open(
        id: SubscriptionId,
        application: &Application,
        wish: Wish<'_>,
        now: Timestamp,
    ) -> Result<Change<Self>, SubscriptionError> {
        let Wish {
            version,
            catalogue,
            plan,
            scopes,
        } = wish;
        let place = version.place();
        if !matches!(version.status(), Status::Live(_)) {
            let (version, status) = (place.to_string(), version.status().name());
            return Err(SubscriptionError::VersionNotPublished { version, status });
        }
        if plan.api.id != place.api.id {
            return Err(SubscriptionError::PlanOfAnotherApi(plan.name.clone()));
        }
        if plan.closed.is_some() {
            return Err(SubscriptionError::PlanClosed(plan.name.clone()));
        }
        are_known(&scopes, catalogue)?;
        let subscription = Self {
            id,
            application: application.id,
            version: place.clone(),
            plan: plan.id,
            plan_name: plan.name.clone(),
            scopes,
            status: SubscriptionStatus::Active,
            opened: now,
            revision: Revision::NEW,
        };
        Ok(Change::first(Kind::Subscribed, subscription))
    }

    /// The subscription of stored parts.
    #[must_use]
    pub fn restore(parts: SubscriptionParts) -> Self {
        let SubscriptionParts {
            id,
            application,
            version,
            plan,
            plan_name,
            scopes,
            status,
            opened,
            revision,
        } = parts;
        Self {
            id,
            application,
            version,
            plan,
            plan_name,
            scopes,
            status,
            opened,
            revision,
        }
    }

    /// Stops it for a while.
    ///
    /// # Errors
    /// `NotFrom` unless it is active.
    pub fn pause(self) -> Result<Change<Self>, SubscriptionError> {
        match self.status {
            SubscriptionStatus::Active => {
                Ok(self.go(Kind::SubscriptionPaused, SubscriptionStatus::Paused))
            }
            from @ (SubscriptionStatus::Paused | SubscriptionStatus::Closed) => {
                Err(SubscriptionError::NotFrom(from, "paused"))
            }
        }
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// `NotFrom` unless it is paused.
    pub fn resume(self) -> Result<Change<Self>, SubscriptionError> {
        match self.status {
            SubscriptionStatus::Paused => {
                Ok(self.go(Kind::SubscriptionResumed, SubscriptionStatus::Active))
            }
            from @ (SubscriptionStatus::Active | SubscriptionStatus::Closed) => {
                Err(SubscriptionError::NotFrom(from, "resumed"))
            }
        }
    }

    /// Ends it for good.
    ///
    /// # Errors
    /// `NotFrom` when it is closed already.
    pub fn close(self) -> Result<Change<Self>, SubscriptionError> {
        match self.status {
            SubscriptionStatus::Active | SubscriptionStatus::Paused => {
                Ok(self.go(Kind::SubscriptionClosed, SubscriptionStatus::Closed))
            }
            from @ SubscriptionStatus::Closed => Err(SubscriptionError::NotFrom(from, "closed")),
        }
    }

    fn go(self, kind: Kind, status: SubscriptionStatus) -> Change<Self> {
        Change::step(kind, self, |subscription| Self {
            status,
            ..subscription
        })
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> SubscriptionId {
        self.id
    }

    /// The application.
    #[must_use]
    pub fn application(&self) -> ApplicationId {
        self.application
    }

    /// The version it opens.
    #[must_use]
    pub fn version(&self) -> &VersionRef {
        &self.version
    }

    /// The plan it is under.
    #[must_use]
    pub fn plan(&self) -> PlanId {
        self.plan
    }

    /// The name of that plan.
    #[must_use]
    pub fn plan_name(&self) -> &Name {
        &self.plan_name
    }

    /// The scopes its tokens may carry, as the contract names them.
    #[must_use]
    pub fn scopes(&self) -> &BTreeSet<ScopeName> {
        &self.scopes
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> SubscriptionStatus {
        self.status
    }

    /// When it was opened.
    #[must_use]
    pub fn opened(&self) -> Timestamp {
        self.opened
    }
}

fn are_known(
    scopes: &BTreeSet<ScopeName>,
    catalogue: &BTreeSet<ScopeName>,
) -> Result<(), SubscriptionError> {
    let Some(scope) = scopes.difference(catalogue).next() else {
        return Ok(());
    };
    let known = if catalogue.is_empty() {
        "none".to_owned()
    } else {
        list(catalogue)
    };
    Err(SubscriptionError::UnknownScope {
        scope: scope.clone(),
        known,
    })
}

impl Aggregate for Subscription {
    fn target(&self) -> Target {
        let (id, label) = (self.id.to_string(), self.version.to_string());
        Target {
            kind: "subscription",
            id,
            label,
            parent: Some(self.application.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        let teams = BTreeSet::from([self.version.api.team]);
        Subject::Grant {
            application: self.application,
            teams,
        }
    }

    fn facts(&self) -> Facts {
        facts([
            ("application", self.application.to_string()),
            ("version", self.version.to_string()),
            ("plan", self.plan_name.to_string()),
            ("scopes", list(&self.scopes)),
            ("status", self.status.to_string()),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}
