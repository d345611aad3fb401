//! Plans: opened by the team that owns the API.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::{Aggregate, Change},
    handle::{ApiHandle, PlanHandle},
    id::PlanId,
    plan::{AlreadyClosed, Plan, Terms},
    revision::Revision,
    text::Name,
    time::Timestamp,
};
use gatewright_store::StoreError;

use crate::Registry;

/// A plan to open.
#[derive(Clone, Debug)]
pub struct OpenPlan {
    /// Its name, unique within the API.
    pub name: Name,
    /// What it allows.
    pub terms: Terms,
}

/// Why a plan was not opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API or plan among those the caller sees.
    #[error("no such API or plan")]
    NotFound,
    /// The name is taken.
    #[error("the API has a plan named {0} already")]
    NameTaken(Name),
    /// Closed already.
    #[error(transparent)]
    AlreadyClosed(#[from] AlreadyClosed),
    /// Somebody else changed it meanwhile.
    #[error("the plan was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the plan could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for PlanError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Opens a plan.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `NameTaken`.
    pub async fn open_plan(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        command: OpenPlan,
    ) -> Result<Plan, PlanError> {
        let OpenPlan { name, terms } = command;
        let now = self.clock.now();
        let api = self
            .store
            .reader()
            .as_seen_by(caller)
            .find_api(api)
            .await?
            .reference();
        let permit = self
            .store
            .permit(caller, Action::OpenPlan, api.subject(), now)
            .await?;
        let id = PlanId::draw(now, &*self.entropy);
        self.store
            .write(permit, now, async move |tx| {
                let opened = Plan::open(id, api, name.clone(), terms, now);
                tx.write(opened).await.map_err(|error| match error {
                    StoreError::Taken { .. } => PlanError::NameTaken(name),
                    other => other.into(),
                })
            })
            .await
    }

    /// Changes a plan's terms, at once for everybody under it.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Stale`.
    pub async fn edit_plan(
        &self,
        caller: &Caller,
        at: (&ApiHandle, &PlanHandle),
        terms: Terms,
        expected: Option<Revision>,
    ) -> Result<Plan, PlanError> {
        let step = move |plan: Plan, _| Ok(plan.edit(terms));
        self.move_plan(caller, at, Action::EditPlan, expected, step)
            .await
    }

    /// Closes a plan to new subscriptions.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `AlreadyClosed`, `Stale`.
    pub async fn close_plan(
        &self,
        caller: &Caller,
        at: (&ApiHandle, &PlanHandle),
        expected: Option<Revision>,
    ) -> Result<Plan, PlanError> {
        let step = |plan: Plan, now| plan.close(now);
        self.move_plan(caller, at, Action::ClosePlan, expected, step)
            .await
    }

    async fn move_plan(
        &self,
        caller: &Caller,
        (api, plan): (&ApiHandle, &PlanHandle),
        action: Action,
        expected: Option<Revision>,
        step: impl FnOnce(Plan, Timestamp) -> Result<Change<Plan>, AlreadyClosed> + Send,
    ) -> Result<Plan, PlanError> {
        let now = self.clock.now();
        let found = self
            .store
            .reader()
            .as_seen_by(caller)
            .find_plan(api, plan)
            .await?;
        let permit = self
            .store
            .permit(caller, action, found.subject(), now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let plan = tx.plan(found.id).await?;
                gatewright_store::expect(&plan, expected)?;
                Ok(tx.write(step(plan, now)?).await?)
            })
            .await
    }
}
