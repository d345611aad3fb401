//! A move under way: the ring as it stands after each step, and the steps.

use crate::{
    audit::{Aggregate, Change},
    key::{Entry, Generated, Kid, SigningKey},
    ring::{KeyRing, Moves, Ring, RingError},
    text::Reason,
    time::Timestamp,
};

/// A move under way.
pub(super) struct Work {
    ring: Ring,
    fresh: std::vec::IntoIter<Generated>,
    now: Timestamp,
    moves: Moves,
}

impl Work {
    /// Begins a move, with the fresh keys that it may publish.
    pub(super) fn on(
        ring: &Ring,
        fresh: Vec<Generated>,
        now: Timestamp,
    ) -> Result<Self, RingError> {
        let name = ring.name();
        if let Some(other) = fresh.iter().find(|fresh| fresh.ring != name) {
            let given = other.ring;
            return Err(RingError::OtherRing { ring: name, given });
        }
        Ok(Self {
            ring: ring.clone(),
            fresh: fresh.into_iter(),
            now,
            moves: Moves::default(),
        })
    }

    /// Takes one step.
    pub(super) fn step(&mut self, change: Change<SigningKey>) {
        let stored = stored(&change);
        self.ring.keys.retain(|key| key.id() != stored.id());
        self.ring.keys.push(stored);
        self.moves.keys.push(change);
    }

    /// Changes the ring's own row.
    pub(super) fn record(&mut self, change: Change<KeyRing>) {
        self.ring.record = stored(&change);
        self.moves.ring = Some(change);
    }

    /// Counts the change of the signer.
    pub(super) fn turn(&mut self, reason: Option<Reason>) {
        let timing = self.ring.timing;
        let turned = self.ring.record.clone().turned(timing, reason, self.now);
        self.record(turned);
    }

    /// The key that signs stops, if there is one.
    pub(super) fn stop(&mut self) -> Result<(), RingError> {
        if let Some(active) = self.ring.active().cloned() {
            self.step(active.deactivate(self.now)?);
        }
        Ok(())
    }

    /// A named key begins to sign in its turn.
    pub(super) fn start(&mut self, kid: &Kid, reason: Option<Reason>) -> Result<(), RingError> {
        let key = self.ring.key(kid)?.clone();
        self.step(key.activate(Entry::InTurn, self.now)?.because(reason));
        Ok(())
    }

    /// Somebody takes over at once: the standby, or else a fresh key. When the lead has not passed, that is an emergency.
    pub(super) fn succeed(&mut self, reason: Option<Reason>) -> Result<(), RingError> {
        if self.ring.standby().is_none() {
            self.publish_fresh().ok_or(RingError::NoStandby)?;
        }
        let standby = self.ring.standby().ok_or(RingError::NoStandby)?.clone();
        let ready = self.ring.may_sign_from(&standby);
        let entry = match ready {
            Some(ready) if ready <= self.now => Entry::InTurn,
            Some(_) | None => Entry::Emergency,
        };
        self.step(standby.activate(entry, self.now)?.because(reason.clone()));
        self.turn(reason);
        Ok(())
    }

    /// Publishes a fresh key when none stands by (invariant I3).
    pub(super) fn keep_warm(&mut self) {
        if self.ring.standby().is_none() {
            self.publish_fresh();
        }
    }

    /// Publishes a fresh key, when there is one.
    pub(super) fn publish_fresh(&mut self) -> Option<Kid> {
        let fresh = self.fresh.next()?;
        let kid = fresh.kid.clone();
        self.step(SigningKey::publish(fresh, self.now));
        Some(kid)
    }

    pub(super) fn done(self) -> Moves {
        self.moves
    }
}

impl Ring {
    /// The ring as it stands once these moves are written.
    #[must_use]
    pub fn after(&self, moves: &Moves) -> Self {
        let mut keys = self.keys.clone();
        for change in &moves.keys {
            let stored = stored(change);
            keys.retain(|key| key.id() != stored.id());
            keys.push(stored);
        }
        let record = moves.ring.as_ref().map_or(self.record.clone(), stored);
        let timing = self.timing;
        keys.sort_by_key(|key| (key.generated(), key.id()));
        Self {
            record,
            keys,
            timing,
        }
    }
}

/// The state of a change as the store gives it back.
pub(super) fn stored<T: Aggregate + Clone>(change: &Change<T>) -> T {
    let after = change.after().clone();
    let next = after.revision().next();
    after.at(next)
}
