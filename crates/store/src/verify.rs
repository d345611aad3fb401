//! Whether the ledger is as it was written: every row through the verifier, in memory that does not grow with it.

use std::ops::ControlFlow;

use gatewright_ledger::{
    verdict::Verdict,
    verify::{Head, Row, Verifier},
};

use crate::{
    error::StoreError,
    reader::Reader,
    rows::{audit_event, audit_head},
};

impl Reader {
    /// Recomputes everything that the ledger vouches for, and names the first number that is not as it was written.
    /// Writers may go on meanwhile; what they append is verified too.
    ///
    /// # Errors
    /// `NotFound` when there is no ledger; `Database`.
    pub async fn verify(&self) -> Result<Verdict, StoreError> {
        let mut verifier = Verifier::new();
        let (mut last, mut counted) = (None, 0);
        loop {
            let flow = self.feed(&mut verifier, &mut last).await?;
            let head = audit_head::read(&self.database).await?;
            let size = i64::try_from(verifier.size()).unwrap_or(i64::MAX);
            // What an earlier head counted was committed before the rows were read: if it is not there, it is gone.
            // What only this head counts may have come since.
            if flow.is_break() || size >= head.size || size < counted {
                return Ok(verifier.finish(&head_of(&head)));
            }
            counted = head.size;
        }
    }

    /// Feeds the rows after the `last` one, until there are no more or one is bad.
    async fn feed(
        &self,
        verifier: &mut Verifier,
        last: &mut Option<i64>,
    ) -> Result<ControlFlow<()>, StoreError> {
        loop {
            let page = audit_event::page(&self.database, *last).await?;
            let Some(newest) = page.last() else {
                return Ok(ControlFlow::Continue(()));
            };
            *last = Some(newest.seq);
            for row in &page {
                if verifier.feed(&row_of(row)).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
    }
}

pub(crate) fn row_of(row: &audit_event::Model) -> Row<'_> {
    let audit_event::Model {
        seq,
        canonical,
        leaf_hash,
        root_after,
        at,
        action,
        actor_kind,
        actor_id,
        target_kind,
        target_id,
        outcome,
        request_id,
    } = row;
    Row {
        seq: *seq,
        canonical,
        leaf_hash,
        root_after,
        at_ms: at.millis(),
        action,
        actor_kind,
        actor_id,
        target_kind,
        target_id,
        outcome,
        request_id: request_id.as_deref(),
    }
}

pub(crate) fn head_of(head: &audit_head::Model) -> Head<'_> {
    let audit_head::Model {
        id: _,
        size,
        frontier,
        root,
        epoch,
    } = head;
    Head {
        size: *size,
        root,
        frontier,
        epoch: *epoch,
    }
}
