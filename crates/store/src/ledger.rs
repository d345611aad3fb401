//! The last statements of every write: its events are numbered, sealed by the tree, and stored as they were hashed.

use gatewright_domain::{entropy::Entropy, time::Timestamp};
use gatewright_ledger::{
    event::Entry,
    tree::{Frontier, leaf_hash},
};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};

use crate::{
    error::StoreError,
    occurrence::{Occurrence, Private},
    rows::{Place, audit_event, audit_head, audit_private},
};

/// Appends the events, and gives the number of events there are then: the revision of the commit that follows.
///
/// Takes the lock that all writers share, so little may come after it before the commit.
///
/// # Errors
/// `Corrupt` when the head contradicts itself; `TooLarge`; `Database`.
pub(crate) async fn append(
    transaction: &DatabaseTransaction,
    entropy: &dyn Entropy,
    occurrences: Vec<Occurrence>,
) -> Result<u64, StoreError> {
    let head = audit_head::lock(transaction).await?;
    let mut tree = frontier(&head)?;
    let at = Place::of("audit_head", head.id);
    let epoch = at.number("epoch", head.epoch)?;
    let (mut events, mut privates) = (Vec::new(), Vec::new());
    for occurrence in occurrences {
        let now = occurrence.now();
        let (entry, private) = occurrence.entry(tree.size(), epoch, entropy);
        events.push(seal(&mut tree, entry, now)?);
        privates.extend(private);
    }
    let size = at.number("size", signed(tree.size())?)?;
    audit_event::Entity::insert_many(events)
        .exec_without_returning(transaction)
        .await?;
    if !privates.is_empty() {
        let rows = privates.into_iter().map(kept_apart);
        audit_private::Entity::insert_many(rows)
            .exec_without_returning(transaction)
            .await?;
    }
    audit_head::advance(transaction, &tree).await?;
    Ok(size)
}

/// The tree that the head vouches for. One that contradicts itself is not built upon.
fn frontier(head: &audit_head::Model) -> Result<Frontier, StoreError> {
    let at = Place::of("audit_head", head.id);
    let size = at.number("size", head.size)?;
    let tree = Frontier::from_bytes(size, &head.frontier).map_err(|_| at.corrupt("frontier"))?;
    if tree.root().as_bytes().as_slice() == head.root {
        Ok(tree)
    } else {
        Err(at.corrupt("root"))
    }
}

fn seal(
    tree: &mut Frontier,
    entry: Entry,
    now: Timestamp,
) -> Result<audit_event::ActiveModel, StoreError> {
    let canonical = entry.canonical().map_err(|_| StoreError::TooLarge)?;
    let leaf = leaf_hash(&canonical);
    tree.append(leaf);
    Ok(audit_event::ActiveModel {
        seq: Set(signed(entry.seq)?),
        canonical: Set(canonical),
        leaf_hash: Set(leaf.as_bytes().to_vec()),
        root_after: Set(tree.root().as_bytes().to_vec()),
        at: Set(now),
        action: Set(entry.action),
        actor_kind: Set(entry.actor.kind),
        actor_id: Set(entry.actor.id),
        target_kind: Set(entry.target.kind),
        target_id: Set(entry.target.id),
        outcome: Set(entry.outcome),
        request_id: Set(entry.request.map(|request| request.id)),
    })
}

fn kept_apart(private: Private) -> audit_private::ActiveModel {
    let Private {
        seq,
        path,
        subject,
        salt,
        value,
    } = private;
    audit_private::ActiveModel {
        seq: Set(i64::try_from(seq).unwrap_or(i64::MAX)),
        path: Set(path.to_owned()),
        subject_id: Set(subject),
        salt: Set(salt.to_vec()),
        value: Set(value.into_bytes()),
        retain_until: Set(None),
    }
}

fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge)
}
