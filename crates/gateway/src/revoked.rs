//! What was revoked by name, and what a gateway carries over when the control plane was restored from a backup.
//!
//! Invariant: the set is exact. Nothing but a revoked name is ever found in it, so no customer is refused by accident.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use gatewright_domain::{
    consumer::ClientId,
    id::{ConsumerId, SubscriptionId, VersionId},
    key::Kid,
    revocation::watermark,
    snapshot::{RevokedSession, RevokedToken, Snapshot, VerificationState},
    time::Timestamp,
    token::{Jti, of_session},
};

/// The names of our own tokens have this many bytes: small enough to lie in the table itself, one look away.
const OURS: usize = 22;

/// How long an entry is kept beyond the end of its token: more than any leeway.
const SPARE_S: i64 = 300;

/// Tokens and sessions that were revoked by name, each with the second at which it ends. The names were signed by us and told
/// by our control plane, so nobody outside can choose where they lie; the hash need not resist anybody.
#[derive(Clone, Debug, Default)]
pub struct RevokedSet {
    ours: HashMap<[u8; OURS], u32, RandomState>,
    others: HashMap<Box<str>, u32, RandomState>,
    sessions: HashMap<Box<str>, u32, RandomState>,
}

impl RevokedSet {
    /// The set of a snapshot's revocations.
    #[must_use]
    pub fn of(tokens: Vec<RevokedToken>, sessions: Vec<RevokedSession>) -> Self {
        let mut set = Self::default();
        set.ours.reserve(tokens.len());
        for RevokedToken { jti, expires } in tokens {
            set.revoke(jti.as_str(), seconds(expires));
        }
        for RevokedSession { sid, expires } in sessions {
            set.sessions.insert(sid.into(), seconds(expires));
        }
        set
    }

    /// Whether a token was revoked by its name.
    #[must_use]
    pub fn has_token(&self, jti: &Jti) -> bool {
        self.has_name(jti.as_str())
    }

    /// Whether a session was, or one of the families and tokens that it came of.
    #[must_use]
    pub fn has_session(&self, sid: &str) -> bool {
        let mut parts = of_session(sid);
        self.sessions.contains_key(sid)
            || parts.any(|part| self.sessions.contains_key(part) || self.has_name(part))
    }

    fn has_name(&self, name: &str) -> bool {
        match <&[u8; OURS]>::try_from(name.as_bytes()) {
            Ok(ours) => self.ours.contains_key(ours),
            Err(_) => self.others.contains_key(name),
        }
    }

    fn revoke(&mut self, name: &str, until: u32) {
        let known = match <[u8; OURS]>::try_from(name.as_bytes()) {
            Ok(ours) => self.ours.entry(ours).or_default(),
            Err(_) => self.others.entry(name.into()).or_default(),
        };
        *known = until.max(*known);
    }

    /// Adds what another set holds and what is not over yet.
    fn add(&mut self, other: &Self, now: Timestamp) {
        let over = seconds(Timestamp::from_seconds(
            now.seconds().saturating_sub(SPARE_S),
        ));
        let alive = |until: &u32| over < *until;
        let ours = other.ours.iter().filter(|(_, until)| alive(until));
        self.ours.extend(ours.map(|(name, until)| (*name, *until)));
        let others = other.others.iter().filter(|(_, until)| alive(until));
        self.others
            .extend(others.map(|(name, until)| (name.clone(), *until)));
        let sessions = other.sessions.iter().filter(|(_, until)| alive(until));
        self.sessions
            .extend(sessions.map(|(sid, until)| (sid.clone(), *until)));
    }
}

/// A moment in seconds, as the set keeps it: until the year 2106.
fn seconds(moment: Timestamp) -> u32 {
    u32::try_from(moment.seconds()).unwrap_or(u32::MAX)
}

/// What was in force in an earlier epoch and still is, though a restored control plane may not know of it.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    names: RevokedSet,
    everything: Option<Timestamp>,
    versions: BTreeMap<VersionId, Timestamp>,
    consumers: BTreeMap<ConsumerId, Timestamp>,
    clients: BTreeMap<ClientId, Timestamp>,
    subscriptions: BTreeMap<SubscriptionId, Timestamp>,
    kids: BTreeSet<Kid>,
}

/// What a table gives to be carried on from it.
pub(crate) struct InForce<'a> {
    pub(crate) names: &'a RevokedSet,
    pub(crate) everything: Option<Timestamp>,
    pub(crate) compromised: BTreeSet<Kid>,
    pub(crate) carried: Option<&'a Arc<Carried>>,
}

impl Carried {
    /// What is carried from one epoch into the next: everything that was in force. A disabled application becomes a watermark:
    /// what it held stays refused, and who enables it after the restore means it.
    pub(crate) fn from(
        in_force: InForce<'_>,
        versions: impl Iterator<Item = (VersionId, Option<Timestamp>)>,
        clients: impl Iterator<Item = gatewright_domain::snapshot::Client>,
        now: Timestamp,
    ) -> Self {
        let mut carried = Self {
            everything: in_force.everything,
            kids: in_force.compromised,
            ..Self::default()
        };
        carried.names.add(in_force.names, now);
        if let Some(before) = in_force.carried {
            // Watermarks carried before are in the table's own already, because they were applied to its snapshot.
            carried.kids.extend(before.kids.iter().cloned());
        }
        let set = versions.filter_map(|(id, moment)| Some((id, moment?)));
        carried.versions.extend(set);
        for client in clients {
            let disabled = client.disabled.then(|| watermark(now));
            if let Some(moment) = client.not_before.max(disabled) {
                carried.clients.insert(client.client_id, moment);
            }
            if let Some(moment) = client.consumer_not_before {
                carried.consumers.insert(client.consumer, moment);
            }
            for right in client.rights {
                if let Some(moment) = right.not_before {
                    carried.subscriptions.insert(right.subscription, moment);
                }
            }
        }
        carried
    }

    /// Puts what is carried into a snapshot, before it is compiled.
    pub(crate) fn apply(&self, snapshot: &mut Snapshot) {
        snapshot.not_before = snapshot.not_before.max(self.everything);
        for version in &mut snapshot.versions {
            let carried = self.versions.get(&version.id).copied();
            version.not_before = version.not_before.max(carried);
        }
        for client in &mut snapshot.clients {
            let carried = self.clients.get(&client.client_id).copied();
            client.not_before = client.not_before.max(carried);
            let carried = self.consumers.get(&client.consumer).copied();
            client.consumer_not_before = client.consumer_not_before.max(carried);
            for right in &mut client.rights {
                let carried = self.subscriptions.get(&right.subscription).copied();
                right.not_before = right.not_before.max(carried);
            }
        }
        for key in &mut snapshot.keys {
            if self.kids.contains(&key.kid) {
                key.state = VerificationState::Compromised;
            }
        }
    }

    /// Adds the names that are carried to those of a snapshot.
    pub(crate) fn add_to(&self, names: &mut RevokedSet, now: Timestamp) {
        names.add(&self.names, now);
    }
}
