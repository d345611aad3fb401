//! The moves of a whole ring that a person asks for: form, retime, enable, disable.

use gatewright_domain::{
    access::{Action, Caller, Permit, Subject},
    key::RingName,
    revision::Revision,
    ring::{Moves, OwnTimes, Ring},
    text::Reason,
    time::Timestamp,
};
use gatewright_store::{StoreError, expect};

use crate::{
    Keys,
    ring::{Moved, RingUseError, write_all},
};

/// A ring, and the revision at which its editor saw it, if they said which.
#[derive(Clone, Copy, Debug)]
pub struct RingSeen {
    /// The ring.
    pub name: RingName,
    /// The revision.
    pub at: Option<Revision>,
}

impl From<RingName> for RingSeen {
    fn from(name: RingName) -> Self {
        Self { name, at: None }
    }
}

impl Keys {
    async fn manage(&self, caller: &Caller) -> Result<(Permit, Timestamp), RingUseError> {
        let now = self.clock.now();
        let (action, on) = (Action::ManageRing, Subject::KeyRing);
        let permit = self.store.permit(caller, action, on, now).await?;
        Ok((permit, now))
    }

    /// Forms a ring: two keys of its own, of which one signs and one stands by. Until something chooses the ring, it signs
    /// nothing.
    ///
    /// # Errors
    /// `Denied`; `Formed` when it is there already; `Stale` when somebody else formed it at the same moment.
    pub async fn form_ring(&self, caller: &Caller, name: RingName) -> Result<Moved, RingUseError> {
        let (permit, now) = self.manage(caller).await?;
        self.check_kek().await?;
        if self.read_ring(name).await?.is_some() {
            return Err(RingUseError::Formed(name));
        }
        let fresh = [
            self.generate(name, now).await?,
            self.generate(name, now).await?,
        ];
        let timing = self.config.timing;
        let keys = self
            .store
            .write(permit, now, async move |tx| {
                match tx.ring(name).await {
                    Err(StoreError::NotFound) => {}
                    Err(error) => return Err(error.into()),
                    Ok(_) => return Err(RingUseError::Formed(name)),
                }
                write_all(tx, Ring::form(name, timing, fresh, now)?).await
            })
            .await?;
        self.forget_keys();
        let ring = self.read_ring(name).await?;
        Ok(Moved {
            ring: ring.ok_or(RingUseError::NoSuchRing)?,
            keys,
            revision: self.revision().await,
        })
    }

    /// Gives a ring other times. A shorter lifetime is that of new tokens only.
    ///
    /// # Errors
    /// `Denied`; `NoSuchRing`; `Ring` with `Timing` when a promise would break; `Stale`.
    pub async fn retime_ring(
        &self,
        caller: &Caller,
        ring: RingSeen,
        times: OwnTimes,
    ) -> Result<Moved, RingUseError> {
        let (permit, now) = self.manage(caller).await?;
        let RingSeen { name, at } = ring;
        let (installation, bounds) = (self.config.timing, self.config.bounds());
        self.move_ring_if(permit, (name, now), move |ring| {
            expect(ring.record(), at)?;
            let record = ring.record().clone();
            let retimed = record.retime(times, installation, bounds, now)?;
            Ok(Moves {
                ring: Some(retimed),
                keys: Vec::new(),
            })
        })
        .await
    }

    /// Lets a disabled ring sign again, with its standby.
    ///
    /// # Errors
    /// `Denied`; `NoSuchRing`; `Ring` when it signs already, or its standby was not published long enough; `Prove` when the standby does
    /// not sign; `Stale`.
    pub async fn enable_ring(
        &self,
        caller: &Caller,
        ring: RingSeen,
        reason: Reason,
    ) -> Result<Moved, RingUseError> {
        let (permit, now) = self.manage(caller).await?;
        self.check_kek().await?;
        let RingSeen { name, at } = ring;
        let shown = self.read_ring(name).await?;
        if let Some(standby) = shown.as_ref().and_then(Ring::standby) {
            self.prove_for(standby).await?;
        }
        let fresh = self.generate(name, now).await?;
        self.move_ring_if(permit, (name, now), move |ring| {
            expect(ring.record(), at)?;
            Ok(ring.enable(fresh, reason, now)?)
        })
        .await
    }

    /// Lets a ring sign no more. What it signed lives on; the key that signed loses its private part.
    ///
    /// # Errors
    /// `Denied`; `NoSuchRing`; `Ring` when it does not sign; `Stale`.
    pub async fn disable_ring(
        &self,
        caller: &Caller,
        ring: RingSeen,
        reason: Reason,
    ) -> Result<Moved, RingUseError> {
        let (permit, now) = self.manage(caller).await?;
        let RingSeen { name, at } = ring;
        self.move_ring_if(permit, (name, now), move |ring| {
            expect(ring.record(), at)?;
            Ok(ring.disable(reason, now)?)
        })
        .await
    }
}
