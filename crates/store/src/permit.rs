//! Asking the policy on the way to a write: a refusal leaves its event before the caller hears of it.

use gatewright_domain::{
    access::{Action, Caller, Denied, Permit, Subject},
    audit::Aggregate,
    revision::Revision,
    time::Timestamp,
};
use tracing::error;

use crate::{error::StoreError, store::Store};

impl Store {
    /// Asks the policy, and records a refusal in the trail.
    ///
    /// # Errors
    /// `Denied` when the policy forbids it. A refusal stays one when it cannot be recorded; the log says so.
    pub async fn permit(
        &self,
        caller: &Caller,
        action: Action,
        on: Subject,
        now: Timestamp,
    ) -> Result<Permit, Denied> {
        let denied = match caller.may(action, on) {
            Ok(permit) => return Ok(permit),
            Err(denied) => denied,
        };
        if let Err(cause) = self.deny(&denied, now).await {
            error!(error = %cause, action = action.as_str(), "A refusal could not be recorded");
        }
        Err(denied)
    }
}

/// Whether a thing still is at the revision that its editor saw, if they said which.
///
/// # Errors
/// `Stale` when it is not.
pub fn expect(thing: &impl Aggregate, seen: Option<Revision>) -> Result<(), StoreError> {
    match seen {
        Some(seen) if seen != thing.revision() => Err(StoreError::Stale),
        Some(_) | None => Ok(()),
    }
}
