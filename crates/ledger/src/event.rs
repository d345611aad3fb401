//! An audit event as plain data.
//!
//! Invariant: the fields of every struct here stand in the order of their names, which makes serde's output the
//! canonical form (RFC 8785 sorts members); a test holds this.

use serde::{Deserialize, Serialize};

use crate::{integer, moment, privacy::Commitment};

pub use crate::canonical::{HARD_LIMIT, NotAnEvent, SOFT_LIMIT, TooLarge, state_hash};

/// The version of the format that this code writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// One event of the ledger: who did what to what, when, from where, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What was done, `noun.verb`.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// When: UTC, RFC 3339 with milliseconds, for instance `2026-11-23T15:04:05.123Z`.
    pub at: String,
    /// What it changed; nothing for an event that changed no stored thing.
    pub change: Option<Change>,
    /// How often this installation has been restored from a backup.
    #[serde(with = "integer")]
    pub epoch: u64,
    /// The event's own id.
    pub id: String,
    /// The events it belongs together with.
    pub links: Links,
    /// How it ended: `success`, `denied` or `failure`.
    pub outcome: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// The request that asked for it, when there was one.
    pub request: Option<Request>,
    /// Its number: gapless from 0, and its place in the tree.
    #[serde(with = "integer")]
    pub seq: u64,
    /// Where it came from.
    pub source: Source,
    /// What it was done to.
    pub target: Target,
    /// The version of this format, `VERSION`.
    pub v: u32,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// How they proved who they are, for instance `session`.
    pub auth: Option<String>,
    /// Their opaque id.
    pub id: String,
    /// What they are, for instance `operator` or `gateway`.
    pub kind: String,
    /// For whom they acted, when it was not for themselves.
    pub on_behalf_of: Option<String>,
    /// A keyed hash of their session or access token; never the thing itself.
    pub session: Option<String>,
}

/// Where an event came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The build that wrote the event.
    pub build: String,
    /// The caller's network address, as a commitment.
    pub ip: Option<Commitment>,
    /// The node of the control plane.
    pub node: Option<String>,
    /// The caller's user agent, as a commitment.
    pub ua: Option<Commitment>,
    /// The door it came through, for instance `portal`, `api`, `cli` or `job`.
    pub via: String,
}

/// The HTTP request behind an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The id that the answer carried.
    pub id: String,
    /// The method.
    pub method: Option<String>,
    /// The route's template; never the path, which may hold anything.
    pub route: Option<String>,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its opaque id.
    pub id: String,
    /// The noun, for instance `version`.
    pub kind: String,
    /// What people call it; never personal.
    pub label: String,
    /// The id of the thing it belongs to.
    pub parent: Option<String>,
}

/// What an event changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The values that differ, in the order of their places.
    pub diff: Vec<Difference>,
    /// The `state_hash` before; nothing when the thing is new.
    pub from_hash: Option<String>,
    /// How many differences were left out because the event would have been too large.
    #[serde(with = "integer")]
    pub omitted: u64,
    /// The `state_hash` after; nothing when the thing is gone.
    pub to_hash: Option<String>,
}

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The value after.
    pub new: Option<String>,
    /// The value before.
    pub old: Option<String>,
    /// Its place, as a JSON pointer (RFC 6901).
    pub p: String,
}

/// The numbers of events that one event belongs together with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// The event that approved this one.
    #[serde(with = "integer::optional", default)]
    pub approval: Option<u64>,
    /// The event that announced this one.
    #[serde(with = "integer::optional", default)]
    pub intent: Option<u64>,
    /// The event that this one corrects.
    #[serde(with = "integer::optional", default)]
    pub supersedes: Option<u64>,
}

impl Entry {
    /// When it happened, in milliseconds since 1970; nothing when `at` has another shape than it should.
    #[must_use]
    pub fn at_ms(&self) -> Option<i64> {
        moment::millis(&self.at)
    }
}
