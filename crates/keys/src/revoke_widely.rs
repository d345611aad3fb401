//! Revoking what is more than a token or an application: a session, a subscription, a consumer, a version, everything.

use gatewright_domain::{
    access::{Action, Caller, Subject},
    audit::{Aggregate, Event},
    handle::{ApiHandle, ConsumerHandle},
    id::SubscriptionId,
    revocation::{self, Sid},
    text::{Reason, VersionNumber},
    time::Timestamp,
};

use crate::{Keys, RevokeError};

/// What is swept away.
#[derive(Clone, Debug)]
pub enum Sweep {
    /// Every token that carries this `sid`.
    Session(Sid),
    /// Every token issued so far, as far as this subscription goes.
    Subscription(SubscriptionId),
    /// Every token of a consumer's applications issued so far.
    Consumer(ConsumerHandle),
    /// Every token issued so far, as far as this version goes.
    Version(ApiHandle, VersionNumber),
    /// Every token issued so far. The panic button.
    Everything,
}

impl Keys {
    /// Revokes at one stroke, and gives the revision from which on gateways refuse what was swept away. Doing it again moves a
    /// watermark on; tokens may be issued again from the next second on.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Store`.
    pub async fn revoke_widely(
        &self,
        caller: &Caller,
        sweep: Sweep,
        reason: Reason,
    ) -> Result<u64, RevokeError> {
        let now = self.clock.now();
        let (action, on) = self.reach(caller, &sweep).await?;
        let permit = self.store.permit(caller, action, on, now).await?;
        let event = self.event(caller, sweep, reason, now).await?;
        self.store
            .write(permit, now, async move |tx| {
                tx.note(event)?;
                Ok::<_, RevokeError>(())
            })
            .await?;
        Ok(self.revision().await)
    }

    /// What must be allowed, on what.
    async fn reach(
        &self,
        caller: &Caller,
        sweep: &Sweep,
    ) -> Result<(Action, Subject), RevokeError> {
        let sight = self.store.reader().as_seen_by(caller);
        Ok(match sweep {
            Sweep::Session(_) => (Action::RevokeSession, Subject::Installation),
            Sweep::Subscription(id) => {
                let subject = sight.find_subscription(*id).await?.subject();
                (Action::RevokeSubscriptionTokens, subject)
            }
            Sweep::Consumer(consumer) => {
                let consumer = sight.find_consumer(consumer).await?;
                (Action::RevokeConsumerTokens, Subject::Consumer(consumer.id))
            }
            Sweep::Version(api, number) => {
                let subject = sight.find_version(api, *number).await?.subject();
                (Action::RevokeVersionTokens, subject)
            }
            Sweep::Everything => (Action::RevokeEverything, Subject::Installation),
        })
    }

    async fn event(
        &self,
        caller: &Caller,
        sweep: Sweep,
        reason: Reason,
        now: Timestamp,
    ) -> Result<Event, RevokeError> {
        let sight = self.store.reader().as_seen_by(caller);
        Ok(match sweep {
            Sweep::Session(sid) => {
                let timing = self.config.timing;
                let expires = now.plus(timing.max_lifetime.duration() + timing.leeway);
                revocation::of_session(&sid, expires, reason)
            }
            Sweep::Subscription(id) => {
                let subscription = sight.find_subscription(id).await?;
                subscription.revoke_tokens(reason, now)
            }
            Sweep::Consumer(consumer) => {
                let consumer = sight.find_consumer(&consumer).await?;
                consumer.revoke_tokens(reason, now)
            }
            Sweep::Version(api, number) => {
                let version = sight.find_version(&api, number).await?;
                version.revoke_tokens(reason, now)
            }
            Sweep::Everything => revocation::of_issuer(&self.config.issuer, reason, now),
        })
    }
}
