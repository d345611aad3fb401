//! The trail: read and verified by those who are trusted with it.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    audit::{Event, Kind, Outcome},
};
use gatewright_store::{
    StoreError,
    quiet::verifications::Verification,
    views::{
        events::{EventFilter, EventRow, Order},
        page::{Page, Paged},
    },
};

use crate::Operators;

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many events agree with each other, counted from the first.
    pub size: u64,
    /// The root of the tree over those events, in lower-case hexadecimal.
    pub root: String,
    /// The first event that is not as it was written; nothing when all are.
    pub first_bad: Option<FirstBad>,
}

/// The first event that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstBad {
    /// Its number.
    pub seq: i64,
    /// How that shows, in a sentence.
    pub what: String,
}

/// Why the trail was not read or verified.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error("the trail could not be read")]
    Store(#[from] StoreError),
}

impl Operators {
    /// The events that a filter names.
    ///
    /// # Errors
    /// `Denied`, which itself becomes an event; `Store`.
    pub async fn read_trail(
        &self,
        caller: &Caller,
        filter: &EventFilter,
        order: Order,
        page: &Page,
    ) -> Result<Paged<EventRow>, TrailError> {
        let (now, on) = (self.clock.now(), Subject::Installation);
        // Reading leaves no event, so the permit is asked for and not used.
        let _permit = self
            .store
            .permit(caller, Action::ReadAudit, on, now)
            .await?;
        let sight = self.store.reader().as_seen_by(caller);
        Ok(sight.events(filter, order, page).await?)
    }

    /// Recomputes everything that the trail vouches for. That somebody did is an event as well, the last of the trail.
    ///
    /// # Errors
    /// `Denied`; `Store`.
    pub async fn verify_trail(&self, caller: &Caller) -> Result<Verified, TrailError> {
        let (now, on) = (self.clock.now(), Subject::Installation);
        let permit = self
            .store
            .permit(caller, Action::VerifyAudit, on.clone(), now)
            .await?;
        let verdict = self.store.reader().verify().await?;
        let bad = verdict.first_bad.as_ref().map(|bad| bad.seq.unsigned_abs());
        let root = verdict.root.as_bytes().to_vec();
        let found = Verification {
            at: now,
            size: verdict.size,
            root,
            first_bad: bad,
        };
        let outcome = if bad.is_none() {
            Outcome::Success
        } else {
            Outcome::Failure
        };
        let event = Event::note(Kind::AuditVerified, outcome, on.clone(), on.target());
        let note = self
            .store
            .write(permit, now, async move |tx| tx.note(event));
        note.await?;
        self.store.keep_verification(found).await?;
        Ok(Verified {
            size: verdict.size,
            root: verdict.root.to_string(),
            first_bad: verdict.first_bad.map(|bad| FirstBad {
                seq: bad.seq,
                what: bad.what.to_string(),
            }),
        })
    }
}
