//! Rehearsing a compromise: everything is asked and worked out as on the day itself, it stands in the trail, and nothing
//! changes.

use gatewright_domain::{
    access::{Action, Caller, Subject},
    audit::{Aggregate, Event, Kind, Outcome},
    key::{KeyError, KeyState, KeyStateName, Kid},
    ring::RingError,
};
use gatewright_store::views::{blast::BlastRadius, gateways::Receipt};

use crate::{Keys, ring::RingUseError};

/// What would happen if a key were declared compromised now.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The key that would sign instead; nothing when this one does not sign, or a fresh one would have to be made.
    pub successor: Option<Kid>,
    /// What would end.
    pub blast: BlastRadius,
    /// The gateways, and which of them enforce what was decided last: those that would learn it at once.
    pub gateways: Vec<Receipt>,
}

impl Keys {
    /// Rehearses a compromise: asks the policy, works out what would happen, and leaves an event that says so.
    ///
    /// # Errors
    /// `Denied`; `Ring` with `NoSuchKey`, or when the key is over already.
    pub async fn rehearse_compromise(
        &self,
        caller: &Caller,
        kid: &Kid,
    ) -> Result<Rehearsal, RingUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::CompromiseKey, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        self.check_kek().await?;
        let name = self.ring_of(kid).await?;
        let ring = self
            .read_ring(name)
            .await?
            .ok_or(RingUseError::NoSuchRing)?;
        let key = ring.key(kid)?;
        if let over @ (KeyStateName::Retired | KeyStateName::Compromised) = key.state().name() {
            return Err(RingError::from(KeyError::Over(over)).into());
        }
        let signs = matches!(key.state(), KeyState::Active { .. });
        let successor = ring.standby().filter(|_| signs);
        let event = Event::note(
            Kind::CompromiseRehearsed,
            Outcome::Success,
            Subject::KeyRing,
            key.target(),
        );
        let before = self.revision().await;
        self.store
            .write(permit, now, async move |tx| {
                tx.note(event)?;
                Ok::<_, RingUseError>(())
            })
            .await?;
        let sight = self.store.reader().as_seen_by(caller);
        Ok(Rehearsal {
            successor: successor.map(|standby| standby.kid().clone()),
            blast: sight.blast_radius(kid, now).await?,
            gateways: self.store.reader().receipts(before).await?,
        })
    }
}
