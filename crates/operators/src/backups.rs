//! Backups: a copy of everything is worth an event.

use gatewright_domain::{
    access::{Action, Caller, Subject},
    audit::{Event, Kind, Outcome},
};

use crate::{Operators, TrailError};

impl Operators {
    /// Records that everything that is stored is about to be copied. There is no copy without it.
    ///
    /// # Errors
    /// `Denied`, which itself becomes an event; `Store`.
    pub async fn record_backup(&self, caller: &Caller) -> Result<(), TrailError> {
        let (now, on) = (self.clock.now(), Subject::Installation);
        let permit = self
            .store
            .permit(caller, Action::BackUp, on.clone(), now)
            .await?;
        let target = on.target();
        let event = Event::note(Kind::InstallationBackedUp, Outcome::Success, on, target);
        Ok(self
            .store
            .write(permit, now, async move |tx| tx.note(event))
            .await?)
    }
}
