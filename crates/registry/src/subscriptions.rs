//! Subscriptions: an application's right to call a version under a plan.

use std::collections::BTreeSet;

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::{Aggregate, Change},
    handle::{ApplicationHandle, PlanHandle},
    id::SubscriptionId,
    subscription::{Subscription, SubscriptionError, Wish},
    text::ScopeName,
};
use gatewright_store::StoreError;

use crate::{Registry, VersionAt};

/// A subscription to open.
#[derive(Clone, Debug)]
pub struct Subscribe {
    /// The version.
    pub at: VersionAt,
    /// The plan, by id or by its name within the API.
    pub plan: PlanHandle,
    /// The scopes, as the contract names them.
    pub scopes: BTreeSet<ScopeName>,
}

/// Why a subscription was not opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such application.
    #[error("no such application")]
    NoSuchApplication,
    /// Several consumers have an application of that name.
    #[error("several consumers have an application of that name; use its id")]
    Ambiguous,
    /// No such version among those the caller sees.
    #[error("no such API or version")]
    NoSuchVersion,
    /// No such plan of the API.
    #[error("the API has no such plan")]
    NoSuchPlan,
    /// No such subscription among those the caller sees.
    #[error("no such subscription")]
    NotFound,
    /// The application is subscribed to the version.
    #[error("the application is subscribed to this version already")]
    AlreadySubscribed,
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] SubscriptionError),
    /// Somebody else changed it meanwhile.
    #[error("the subscription was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the subscription could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for SubscribeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            StoreError::Ambiguous => Self::Ambiguous,
            StoreError::Taken { .. } => Self::AlreadySubscribed,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Subscribes an application to a version, approved at once.
    ///
    /// # Errors
    /// Every variant of `SubscribeError` but `NotFound` and `Stale`.
    pub async fn subscribe(
        &self,
        caller: &Caller,
        application: &ApplicationHandle,
        command: Subscribe,
    ) -> Result<Subscription, SubscribeError> {
        let Subscribe { at, plan, scopes } = command;
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let application =
            sight
                .find_application(application)
                .await
                .map_err(|error| match error {
                    StoreError::NotFound => SubscribeError::NoSuchApplication,
                    other => other.into(),
                })?;
        let version = sight.find_version(&at.api, at.number).await;
        let version = version.map_err(|error| missing(error, SubscribeError::NoSuchVersion))?;
        let plan = sight.find_plan(&at.api, &plan).await;
        let plan = plan.map_err(|error| missing(error, SubscribeError::NoSuchPlan))?;
        let on = application.grant(BTreeSet::from([version.place().api.team]));
        let permit = self
            .store
            .permit(caller, Action::Subscribe, on, now)
            .await?;
        let id = SubscriptionId::draw(now, &*self.entropy);
        self.store
            .write(permit, now, async move |tx| {
                let application = tx.application(application.id).await?;
                let version = tx.version(version.place().id).await?;
                let plan = tx.plan(plan.id).await?;
                let catalogue = match version.contract() {
                    Some(contract) => tx.contract(contract).await?.scopes,
                    None => BTreeSet::new(),
                };
                let wish = Wish {
                    version: &version,
                    catalogue: &catalogue,
                    plan: &plan,
                    scopes,
                };
                Ok(tx
                    .write(Subscription::open(id, &application, wish, now)?)
                    .await?)
            })
            .await
    }

    /// Stops a subscription for a while.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Refused`.
    pub async fn pause_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
    ) -> Result<Subscription, SubscribeError> {
        self.move_subscription(caller, id, Action::PauseSubscription, Subscription::pause)
            .await
    }

    /// Lets a paused subscription go on.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Refused`.
    pub async fn resume_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
    ) -> Result<Subscription, SubscribeError> {
        self.move_subscription(caller, id, Action::ResumeSubscription, Subscription::resume)
            .await
    }

    /// Ends a subscription for good.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Refused`.
    pub async fn close_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
    ) -> Result<Subscription, SubscribeError> {
        self.move_subscription(caller, id, Action::CloseSubscription, Subscription::close)
            .await
    }

    async fn move_subscription(
        &self,
        caller: &Caller,
        id: SubscriptionId,
        action: Action,
        step: impl FnOnce(Subscription) -> Result<Change<Subscription>, SubscriptionError> + Send,
    ) -> Result<Subscription, SubscribeError> {
        let now = self.clock.now();
        let found = self
            .store
            .reader()
            .as_seen_by(caller)
            .find_subscription(id)
            .await?;
        let permit = self
            .store
            .permit(caller, action, found.subject(), now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let subscription = tx.subscription(id).await?;
                Ok(tx.write(step(subscription)?).await?)
            })
            .await
    }
}

/// What `NotFound` means here; any other error stays what it is.
fn missing(error: StoreError, what: SubscribeError) -> SubscribeError {
    match error {
        StoreError::NotFound => what,
        other => other.into(),
    }
}
