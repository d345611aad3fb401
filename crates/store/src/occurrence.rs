//! What happened, with its circumstances, on its way from the vocabulary to the ledger.

use std::collections::{BTreeMap, BTreeSet};

use gatewright_domain::{
    access::{self, Denied, Origin, Permit, Proof},
    audit::{Event, Facts, Kind, Outcome, Target as About},
    entropy::Entropy,
    id::EventId,
    revocation::Revocation,
    time::Timestamp,
};
use gatewright_ledger::{
    event::{
        Actor, Change, Difference, Entry, Links, Request, Source, Target, VERSION, state_hash,
    },
    privacy::{Commitment, Salt},
};

/// An event, who caused it, where from, and when.
pub(crate) struct Occurrence {
    event: Event,
    actor: access::Actor,
    origin: Origin,
    now: Timestamp,
    /// How many refusals it stands for, when they were too many to list.
    count: Option<u64>,
    /// What it changed, when it stands for several events.
    joint: Option<Change>,
}

/// A revocation with its circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) revocation: Revocation,
    pub(crate) reason: Option<String>,
    pub(crate) actor_kind: String,
    pub(crate) actor_id: String,
    pub(crate) at: Timestamp,
}

/// A personal value that stands in an event only as a commitment.
pub(crate) struct Private {
    /// The event.
    pub(crate) seq: u64,
    /// Where in the event it belongs, as a JSON pointer.
    pub(crate) path: &'static str,
    /// Whose it is.
    pub(crate) subject: String,
    /// What makes the commitment unguessable.
    pub(crate) salt: Salt,
    /// The value.
    pub(crate) value: String,
}

/// Where the caller's network address belongs.
const ADDRESS: &str = "/source/ip";

impl Occurrence {
    /// Something that a permit allowed.
    pub(crate) fn of(event: Event, permit: &Permit, now: Timestamp) -> Self {
        let (actor, origin) = (permit.actor().clone(), permit.origin().clone());
        Self {
            event,
            actor,
            origin,
            now,
            count: None,
            joint: None,
        }
    }

    /// Tokens that were issued together, each to its own caller: one event that names every one. Whoever asked for all of
    /// them is its actor; several callers are named beside their tokens. Nothing when there is none.
    pub(crate) fn jointly(mut parts: Vec<(Event, Permit)>, now: Timestamp) -> Option<Self> {
        let (event, permit) = parts.pop()?;
        if parts.is_empty() {
            return Some(Self::of(event, &permit, now));
        }
        let is_one = |(_, other): &(Event, Permit)| other.actor() == permit.actor();
        let owner = event.target().parent.clone();
        let (actor, kind, id) = match (parts.iter().all(is_one), owner) {
            (true, Some(owner)) => (permit.actor().clone(), "application", owner),
            (true, None) | (false, _) => {
                let service = access::Actor::Job("token-service");
                (service, "tokens", event.target().id.clone())
            }
        };
        let origin = Origin {
            via: permit.origin().via,
            ..Origin::default()
        };
        let about = About {
            kind,
            id,
            label: format!("{} tokens", parts.len() + 1),
            parent: None,
        };
        let subject = event.subject().clone();
        parts.push((event, permit));
        Some(Self {
            event: Event::note(Kind::TokensIssued, Outcome::Success, subject, about),
            actor,
            origin,
            now,
            count: None,
            joint: Some(joint(&parts)),
        })
    }

    /// Something that the policy forbade.
    pub(crate) fn denied(denied: &Denied, now: Timestamp) -> Self {
        let event = Event::denied(denied);
        let (actor, origin) = (denied.actor().clone(), denied.origin().clone());
        Self {
            event,
            actor,
            origin,
            now,
            count: None,
            joint: None,
        }
    }

    /// Something that the policy forbade so often that only the number is kept.
    pub(crate) fn denied_often(denied: &Denied, count: u64, now: Timestamp) -> Self {
        Self {
            count: Some(count),
            ..Self::denied(denied, now)
        }
    }

    /// What is refused from then on because of it, if anything is.
    pub(crate) fn revocation(&self) -> Option<Recorded> {
        let revocation = self.event.revokes()?.clone();
        let actor = actor(&self.actor);
        Some(Recorded {
            revocation,
            reason: self.event.reason().map(ToString::to_string),
            actor_kind: actor.kind,
            actor_id: actor.id,
            at: self.now,
        })
    }

    /// When it happened.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The ledger's entry of this number, and what is kept apart from it.
    pub(crate) fn entry(
        self,
        seq: u64,
        epoch: u64,
        entropy: &dyn Entropy,
    ) -> (Entry, Option<Private>) {
        let id = EventId::draw(self.now, entropy).to_string();
        let actor = actor(&self.actor);
        let private = self.origin.address.clone().map(|value| {
            let mut salt = Salt::default();
            entropy.fill(&mut salt);
            Private {
                seq,
                path: ADDRESS,
                subject: actor.id.clone(),
                salt,
                value,
            }
        });
        let ip = private
            .as_ref()
            .map(|private| Commitment::to(&private.salt, private.path, &private.value));
        let entry = Entry {
            action: self.event.kind().as_str().to_owned(),
            actor,
            at: self.now.to_string(),
            change: self.joint.or_else(|| change(&self.event, self.count)),
            epoch,
            id,
            links: Links::default(),
            outcome: self.event.outcome().as_str().to_owned(),
            reason: reason(&self.event),
            request: request(&self.origin),
            seq,
            source: source(&self.origin, ip),
            target: target(&self.event),
            v: VERSION,
        };
        (entry, private)
    }
}

/// Who acted, as the ledger has it. The proof is named by its row's id, which opens nothing.
pub(crate) fn actor(actor: &access::Actor) -> Actor {
    let (kind, id, proof) = match actor {
        access::Actor::Operator { id, proof } => ("operator", id.to_string(), Some(proof)),
        access::Actor::CommandLine => ("command-line", "command-line".to_owned(), None),
        access::Actor::Job(name) => ("job", (*name).to_owned(), None),
        access::Actor::Gateway(id) => ("gateway", id.to_string(), None),
        access::Actor::Application(id) => ("application", id.to_string(), None),
        access::Actor::Newcomer(id) => ("initial-token", id.to_string(), None),
        access::Actor::Founder => ("founder", "founder".to_owned(), None),
        access::Actor::Stranger => ("stranger", "stranger".to_owned(), None),
    };
    let (auth, session) = match proof {
        Some(Proof::Session(id)) => (Some("session"), Some(id.to_string())),
        Some(Proof::AccessToken(id)) => (Some("access-token"), Some(id.to_string())),
        None => (None, None),
    };
    Actor {
        auth: auth.map(str::to_owned),
        id,
        kind: kind.to_owned(),
        on_behalf_of: None,
        session,
    }
}

fn source(origin: &Origin, ip: Option<Commitment>) -> Source {
    Source {
        build: env!("CARGO_PKG_VERSION").to_owned(),
        ip,
        node: None,
        ua: None,
        via: origin.via.to_owned(),
    }
}

fn request(origin: &Origin) -> Option<Request> {
    let id = origin.request?.to_string();
    let route = origin
        .route
        .as_deref()
        .and_then(|route| route.split_once(' '));
    Some(Request {
        id,
        method: route.map(|(method, _)| method.to_owned()),
        route: route.map(|(_, template)| template.to_owned()),
    })
}

fn target(event: &Event) -> Target {
    let target = event.target().clone();
    Target {
        id: target.id,
        kind: target.kind.to_owned(),
        label: target.label,
        parent: target.parent,
    }
}

/// Why, in the words of who did it; for a refusal, what was refused.
fn reason(event: &Event) -> Option<String> {
    match event.kind() {
        Kind::AccessDenied(action) => Some(action.as_str().to_owned()),
        _ => event.reason().map(ToString::to_string),
    }
}

fn change(event: &Event, count: Option<u64>) -> Option<Change> {
    if let Some(count) = count {
        let counted = Difference {
            new: Some(count.to_string()),
            old: None,
            p: "/count".to_owned(),
        };
        return Some(Change {
            diff: vec![counted],
            ..Change::default()
        });
    }
    let (before, after) = (event.before(), event.after());
    if before.is_none() && after.is_none() {
        return None;
    }
    Some(Change {
        diff: differences(before, after),
        from_hash: before.map(hash),
        omitted: 0,
        to_hash: after.map(hash),
    })
}

/// Every token by its own name, with its row, its application and the request for it, and the hash of all their states.
fn joint(parts: &[(Event, Permit)]) -> Change {
    let mut states: Vec<(String, String)> = Vec::new();
    let mut diff: Vec<Difference> = Vec::new();
    for (event, permit) in parts {
        let (target, state) = (event.target(), event.after());
        let jti = state.and_then(|facts| facts.get("jti")).cloned();
        let place = format!("/tokens/{}", jti.unwrap_or_default());
        let owner = target.parent.as_deref().unwrap_or_default();
        let request = permit.origin().request;
        let request = request.map(|id| format!(" by {id}")).unwrap_or_default();
        diff.push(Difference {
            new: Some(format!("{} of {owner}{request}", target.id)),
            old: None,
            p: place.clone(),
        });
        states.push((place, state.map(hash).unwrap_or_default()));
    }
    diff.sort_by(|one, other| one.p.cmp(&other.p));
    let fields: Vec<(&str, &str)> = states
        .iter()
        .map(|(place, hash)| (place.as_str(), hash.as_str()))
        .collect();
    Change {
        diff,
        from_hash: None,
        omitted: 0,
        to_hash: Some(state_hash(&fields)),
    }
}

fn differences(before: Option<&Facts>, after: Option<&Facts>) -> Vec<Difference> {
    let value = |facts: Option<&Facts>, name| facts.and_then(|facts| facts.get(name)).cloned();
    let names: BTreeSet<&str> = before
        .into_iter()
        .chain(after)
        .flat_map(BTreeMap::keys)
        .copied()
        .collect();
    names
        .into_iter()
        .map(|name| Difference {
            new: value(after, name),
            old: value(before, name),
            p: format!("/{name}"),
        })
        .filter(|difference| difference.new != difference.old)
        .collect()
}

fn hash(facts: &Facts) -> String {
    let fields: Vec<(&str, &str)> = facts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    state_hash(&fields)
}
