//! Teams: formed by administrators.

use gatewright_domain::{
    access::{Action, Caller, Denied, Subject},
    id::TeamId,
    team::Team,
    text::Name,
};
use gatewright_store::StoreError;

use crate::Operators;

/// Why no team was formed.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A team of that name exists.
    #[error("a team of that name exists already")]
    NameTaken,
    /// The store failed.
    #[error("the team could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for TeamError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken { .. } => Self::NameTaken,
            other => Self::Store(other),
        }
    }
}

impl Operators {
    /// Forms a team.
    ///
    /// # Errors
    /// `Denied` unless an administrator asks; `NameTaken`.
    pub async fn form_team(&self, caller: &Caller, name: Name) -> Result<Team, TeamError> {
        let now = self.clock.now();
        let id = TeamId::draw(now, &*self.entropy);
        let permit = self
            .store
            .permit(caller, Action::FormTeam, Subject::Team(id), now)
            .await?;
        self.store
            .write(permit, now, async move |tx| {
                Ok(tx.write(Team::form(id, name)).await?)
            })
            .await
    }
}
