//! Plans: the limits under which an API is called.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    access::Subject,
    api::ApiRef,
    audit::{Aggregate, Change, Facts, Kind, Target, facts, or_none},
    id::PlanId,
    limit::Rate,
    revision::Revision,
    text::Name,
    time::Timestamp,
};

/// What a plan allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How fast.
    pub rate: Rate,
    /// How many requests per UTC day; nothing means no quota.
    pub daily_quota: Option<u64>,
    /// The longest a token under this plan may live.
    pub max_token_lifetime: Lifetime,
}

impl Terms {
    /// The largest quota: beyond it, readers of JSON no longer tell a number from its neighbour (RFC 8259 section 6).
    pub const LARGEST_QUOTA: u64 = 9_007_199_254_740_991;

    /// A quota of so many requests.
    ///
    /// # Errors
    /// Beyond `LARGEST_QUOTA`.
    pub const fn quota(requests: u64) -> Result<u64, NotAQuota> {
        if requests > Self::LARGEST_QUOTA {
            return Err(NotAQuota);
        }
        Ok(requests)
    }
}

/// A daily quota outside the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a daily quota is at most 9007199254740991 requests; leave it out for none")]
pub struct NotAQuota;

/// How long a token lives: whole seconds, from one minute to one year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u32")]
pub struct Lifetime(u32);

/// A lifetime outside the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token lives from 60 seconds to 31536000 seconds (one year)")]
pub struct NotALifetime;

impl Lifetime {
    /// The longest: one year, the ceiling of the ring's signing window.
    pub const LONGEST: Self = Self(31_536_000);
    /// An hour: what a program asks for again and again.
    pub const HOUR: Self = Self(3600);
    /// A day.
    pub const DAY: Self = Self(86_400);

    /// What a client's access tokens live unless its registration says otherwise: ten minutes.
    pub const ACCESS: Self = Self(600);

    /// Seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The same as a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl TryFrom<u64> for Lifetime {
    type Error = NotALifetime;

    fn try_from(seconds: u64) -> Result<Self, NotALifetime> {
        let seconds = u32::try_from(seconds).map_err(|_| NotALifetime)?;
        if (60..=Self::LONGEST.0).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(NotALifetime)
        }
    }
}

impl From<Lifetime> for u32 {
    fn from(lifetime: Lifetime) -> u32 {
        lifetime.0
    }
}

/// A plan of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// The API it is of.
    pub api: ApiRef,
    /// Its name, unique within the API.
    pub name: Name,
    /// What it allows.
    pub terms: Terms,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was closed to new subscriptions, if it was.
    pub closed: Option<Timestamp>,
    /// How often it was written.
    pub revision: Revision,
}

/// The plan is closed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan is closed already")]
pub struct AlreadyClosed;

impl Plan {
    /// A new plan, open to subscriptions.
    pub fn open(id: PlanId, api: ApiRef, name: Name, terms: Terms, now: Timestamp) -> Change<Self> {
        let (closed, revision) = (None, Revision::NEW);
        let plan = Self {
            id,
            api,
            name,
            terms,
            opened: now,
            closed,
            revision,
        };
        Change::first(Kind::PlanOpened, plan)
    }

    /// Changes what it allows, at once for everybody under it.
    pub fn edit(self, terms: Terms) -> Change<Self> {
        Change::step(Kind::PlanEdited, self, |plan| Self { terms, ..plan })
    }

    /// Takes no new subscriptions; those there are go on.
    ///
    /// # Errors
    /// When it is closed already.
    pub fn close(self, now: Timestamp) -> Result<Change<Self>, AlreadyClosed> {
        if self.closed.is_some() {
            return Err(AlreadyClosed);
        }
        Ok(Change::step(Kind::PlanClosed, self, |plan| Self {
            closed: Some(now),
            ..plan
        }))
    }
}

impl Aggregate for Plan {
    fn target(&self) -> Target {
        let label = format!("{} plan {}", self.api.name, self.name);
        Target {
            kind: "plan",
            id: self.id.to_string(),
            label,
            parent: Some(self.api.id.to_string()),
        }
    }

    fn subject(&self) -> Subject {
        self.api.subject()
    }

    fn facts(&self) -> Facts {
        let rate = self.terms.rate.parts();
        let speed = format!(
            "{} per {} s, burst {}",
            rate.requests, rate.per_seconds, rate.burst
        );
        facts([
            ("name", self.name.to_string()),
            ("rate", speed),
            ("daily_quota", or_none(self.terms.daily_quota)),
            (
                "max_token_lifetime_s",
                self.terms.max_token_lifetime.seconds().to_string(),
            ),
            ("closed", or_none(self.closed)),
        ])
    }

    fn revision(&self) -> Revision {
        self.revision
    }

    fn at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_beyond_what_json_tells_apart_is_refused() {
        assert_eq!(Terms::quota(Terms::LARGEST_QUOTA), Ok(Terms::LARGEST_QUOTA));
        assert_eq!(Terms::quota(Terms::LARGEST_QUOTA + 1), Err(NotAQuota));
        assert_eq!(Terms::LARGEST_QUOTA, (1 << 53) - 1);
    }
}
