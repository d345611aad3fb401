//! APIs: registered by the team that will own them.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    api::Api,
    audit::Aggregate,
    handle::{ApiHandle, TeamHandle},
    id::ApiId,
    revision::Revision,
    text::{ApiName, Title},
};
use gatewright_store::StoreError;

use crate::Registry;

/// An API to register.
#[derive(Clone, Debug)]
pub struct RegisterApi {
    /// Its name.
    pub name: ApiName,
    /// What people call it; its name when nothing is said.
    pub title: Option<Title>,
    /// The owner; the caller's only team, or the installation's first, when nothing is said.
    pub team: Option<TeamHandle>,
}

/// Why an API was not registered or edited.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API among those the caller sees.
    #[error("no such API")]
    NotFound,
    /// The name is taken.
    #[error("an API named {0} exists already")]
    NameTaken(ApiName),
    /// No such team.
    #[error("no such team")]
    NoSuchTeam,
    /// The caller is in several teams and named none.
    #[error("you are in several teams; say which one shall own the API")]
    WhichTeam,
    /// Somebody else changed it meanwhile.
    #[error("the API was changed meanwhile; look again and repeat")]
    Stale,
    /// The store failed.
    #[error("the API could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Registers an API.
    ///
    /// # Errors
    /// `Denied`, `NameTaken`, `NoSuchTeam`, `WhichTeam`.
    pub async fn register_api(
        &self,
        caller: &Caller,
        command: RegisterApi,
    ) -> Result<Api, ApiError> {
        let RegisterApi { name, title, team } = command;
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let team = match team {
            Some(team) => sight
                .find_team(&team)
                .await
                .map_err(|_| ApiError::NoSuchTeam)?,
            None => sight.own_team().await?.ok_or(ApiError::WhichTeam)?,
        };
        let on = Subject::Team(team.id);
        let permit = self
            .store
            .permit(caller, Action::RegisterApi, on, now)
            .await?;
        let title = match title {
            Some(title) => title,
            None => name.as_str().parse().map_err(|_| ApiError::NotFound)?,
        };
        let id = ApiId::draw(now, &*self.entropy);
        self.store
            .write(permit, now, async move |tx| {
                let registered = Api::register(id, name.clone(), title, team.id, now);
                tx.write(registered).await.map_err(|error| match error {
                    StoreError::Taken { .. } => ApiError::NameTaken(name),
                    other => other.into(),
                })
            })
            .await
    }

    /// Changes what people call an API.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Stale` when `expected` is no longer its revision.
    pub async fn edit_api(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        title: Title,
        expected: Option<Revision>,
    ) -> Result<Api, ApiError> {
        let now = self.clock.now();
        let found = self.store.reader().as_seen_by(caller).find_api(api).await?;
        let permit = self
            .store
            .permit(caller, Action::EditApi, found.subject(), now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                let api = tx.api(found.id).await?;
                gatewright_store::expect(&api, expected)?;
                Ok(tx.write(api.edit(title)).await?)
            })
            .await
    }
}
