//! A log as the database holds it: rows and a head, written honestly.

use gatewright_ledger::{
    event::{
        Actor, Change, Difference, Entry, Links, Request, Source, Target, VERSION, state_hash,
    },
    privacy::Commitment,
    tree::{Frontier, leaf_hash},
    verdict::Verdict,
    verify::{Head, Row, Verifier},
};

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) canonical: Vec<u8>,
    pub(crate) leaf_hash: Vec<u8>,
    pub(crate) root_after: Vec<u8>,
    pub(crate) at_ms: i64,
    pub(crate) action: String,
    pub(crate) actor_kind: String,
    pub(crate) actor_id: String,
    pub(crate) target_kind: String,
    pub(crate) target_id: String,
    pub(crate) outcome: String,
    pub(crate) request_id: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct StoredHead {
    pub(crate) size: i64,
    pub(crate) root: Vec<u8>,
    pub(crate) frontier: Vec<u8>,
    pub(crate) epoch: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) rows: Vec<Stored>,
    pub(crate) head: StoredHead,
}

impl Log {
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut tree = Frontier::new();
        let rows: Vec<Stored> = entries
            .into_iter()
            .map(|entry| append(&mut tree, &entry))
            .collect();
        Self {
            rows,
            head: head(&tree),
        }
    }

    pub(crate) fn honest(length: u64) -> Self {
        Self::of((0..length).map(entry))
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let mut verifier = Verifier::new();
        for row in &self.rows {
            if verifier.feed(&row.as_row()).is_break() {
                break;
            }
        }
        verifier.finish(&self.head.as_head())
    }
}

impl Stored {
    fn as_row(&self) -> Row<'_> {
        Row {
            seq: self.seq,
            canonical: &self.canonical,
            leaf_hash: &self.leaf_hash,
            root_after: &self.root_after,
            at_ms: self.at_ms,
            action: &self.action,
            actor_kind: &self.actor_kind,
            actor_id: &self.actor_id,
            target_kind: &self.target_kind,
            target_id: &self.target_id,
            outcome: &self.outcome,
            request_id: self.request_id.as_deref(),
        }
    }
}

impl StoredHead {
    fn as_head(&self) -> Head<'_> {
        let Self {
            size,
            root,
            frontier,
            epoch,
        } = self;
        Head {
            size: *size,
            root,
            frontier,
            epoch: *epoch,
        }
    }
}

pub(crate) fn append(tree: &mut Frontier, entry: &Entry) -> Stored {
    let canonical = entry.canonical().unwrap();
    let leaf = leaf_hash(&canonical);
    tree.append(leaf);
    Stored {
        seq: i64::try_from(tree.size()).unwrap() - 1,
        canonical,
        leaf_hash: leaf.as_bytes().to_vec(),
        root_after: tree.root().as_bytes().to_vec(),
        at_ms: entry.at_ms().unwrap(),
        action: entry.action.clone(),
        actor_kind: entry.actor.kind.clone(),
        actor_id: entry.actor.id.clone(),
        target_kind: entry.target.kind.clone(),
        target_id: entry.target.id.clone(),
        outcome: entry.outcome.clone(),
        request_id: entry.request.as_ref().map(|request| request.id.clone()),
    }
}

pub(crate) fn head(tree: &Frontier) -> StoredHead {
    StoredHead {
        size: i64::try_from(tree.size()).unwrap(),
        root: tree.root().as_bytes().to_vec(),
        frontier: tree.to_bytes(),
        epoch: 1,
    }
}

pub(crate) fn entry(seq: u64) -> Entry {
    let state = state_hash(&[
        ("status", "published"),
        ("upstream", "http://127.0.0.1:9000"),
    ]);
    Entry {
        action: "version.publish".to_owned(),
        actor: Actor {
            auth: Some("session".to_owned()),
            id: format!("op_{}", seq % 7),
            kind: "operator".to_owned(),
            on_behalf_of: None,
            session: Some("h:9f3a".to_owned()),
        },
        at: format!(
            "2026-11-23T{:02}:{:02}:{:02}.123Z",
            seq / 3600,
            seq / 60 % 60,
            seq % 60
        ),
        change: Some(Change {
            diff: vec![difference("/status", "draft", "published")],
            from_hash: None,
            omitted: 0,
            to_hash: Some(state),
        }),
        epoch: 1,
        id: format!("evt_{seq}"),
        links: Links::default(),
        outcome: "success".to_owned(),
        reason: seq.is_multiple_of(3).then(|| "planned".to_owned()),
        request: (!seq.is_multiple_of(4)).then(|| Request {
            id: format!("req_{seq}"),
            method: Some("POST".to_owned()),
            route: Some("/api/v1/apis/{api}/versions/{version}/publish".to_owned()),
        }),
        seq,
        source: Source {
            build: "0.1.0+abc".to_owned(),
            ip: Some(Commitment::to(&[7; 16], "/source/ip", "192.0.2.1")),
            node: Some("cp-1".to_owned()),
            ua: None,
            via: "portal".to_owned(),
        },
        target: Target {
            id: format!("ver_{}", seq % 11),
            kind: "version".to_owned(),
            label: "orders/v1".to_owned(),
            parent: Some("api_1".to_owned()),
        },
        v: VERSION,
    }
}

pub(crate) fn difference(place: &str, old: &str, new: &str) -> Difference {
    Difference {
        new: Some(new.to_owned()),
        old: Some(old.to_owned()),
        p: place.to_owned(),
    }
}
