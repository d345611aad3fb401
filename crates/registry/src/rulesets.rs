//! The ruleset of an API: chosen by the team that owns it, read before it is kept.

use gatewright_contract::{Ruleset, RulesetError, Unsupported};
use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    handle::ApiHandle,
    id::RulesetId,
    revision::Revision,
    ruleset::{ApiRuleset, RulesetChoice},
    text::ApiName,
    time::Timestamp,
};
use gatewright_store::StoreError;

use crate::{Registry, linting::rulesets};

/// The ruleset of an API, and what of it cannot be run.
#[derive(Debug)]
pub struct ChosenRuleset {
    /// The API.
    pub api: ApiName,
    /// What was chosen.
    pub choice: RulesetChoice,
    /// Which choice of the API this is; 0 while none was ever made. The `ETag` of the ruleset.
    pub number: u32,
    /// When it was chosen.
    pub chosen: Option<Timestamp>,
    /// What of it cannot be run here.
    pub unsupported: Vec<Unsupported>,
}

/// Why a ruleset was not shown or chosen.
#[derive(Debug, thiserror::Error)]
pub enum RulesetUseError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API among those the caller sees.
    #[error("no such API")]
    NotFound,
    /// The text is no ruleset; nothing was stored.
    #[error("the text is no ruleset")]
    Invalid(#[source] RulesetError),
    /// Somebody else chose meanwhile.
    #[error("another ruleset was chosen meanwhile; look again and repeat")]
    Stale,
    /// The reading broke off.
    #[error("the ruleset could not be read")]
    Broken,
    /// The store failed.
    #[error("the ruleset could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for RulesetUseError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale | StoreError::Taken { .. } => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl ChosenRuleset {
    fn of(api: ApiName, last: Option<ApiRuleset>, unsupported: Vec<Unsupported>) -> Self {
        let chosen = last.as_ref().map(|last| last.chosen);
        let number = last.as_ref().map_or(0, |last| last.number);
        Self {
            api,
            choice: last.map(|last| last.choice).unwrap_or_default(),
            number,
            chosen,
            unsupported,
        }
    }
}

impl Registry {
    /// What an API chose as its ruleset.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn ruleset(
        &self,
        caller: &Caller,
        api: &ApiHandle,
    ) -> Result<ChosenRuleset, RulesetUseError> {
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_api(api).await?;
        let last = sight.find_ruleset(api).await?;
        let choice = last.as_ref().map(|last| last.choice.clone());
        // One that was read when it was saved and cannot be read any more is told of where it is used.
        let read = read_through(choice.unwrap_or_default()).await?;
        let unsupported = read.unwrap_or_default();
        Ok(ChosenRuleset::of(found.name, last, unsupported))
    }

    /// Chooses the ruleset of an API. What is published stays published; from now on, nothing is published and no contract
    /// of what is published is taken while the ruleset finds errors, unless somebody says why.
    ///
    /// # Errors
    /// `Invalid` for a text that is no ruleset; `Stale` when `expected` is no longer the number of the choice; the rest
    /// as usual.
    pub async fn choose_ruleset(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        choice: RulesetChoice,
        expected: Option<Revision>,
    ) -> Result<ChosenRuleset, RulesetUseError> {
        let now = self.clock.now();
        let found = self.store.reader().as_seen_by(caller).find_api(api).await?;
        let permit = self
            .store
            .permit(caller, Action::ChooseRuleset, found.subject(), now)
            .await?;
        let read = read_through(choice.clone()).await?;
        let unsupported = read.map_err(RulesetUseError::Invalid)?;
        let (name, id) = (found.name.clone(), RulesetId::draw(now, &*self.entropy));
        let chosen = self
            .store
            .write(permit, now, async move |tx| {
                let last = tx.ruleset(found.id).await?;
                let last = last.map_or(0, |last| last.number);
                let seen = expected.is_none_or(|seen| seen.number() == i64::from(last));
                if !seen {
                    return Err(RulesetUseError::Stale);
                }
                let chosen = ApiRuleset {
                    id,
                    api: found.reference(),
                    number: last.saturating_add(1),
                    choice,
                    chosen: now,
                    revision: Revision::NEW,
                };
                Ok(tx.write(ApiRuleset::choose(chosen)).await?)
            })
            .await?;
        Ok(ChosenRuleset::of(name, Some(chosen), unsupported))
    }
}

/// Reads the rulesets of a choice off the request threads: what of them cannot be run, or why one is none.
async fn read_through(
    choice: RulesetChoice,
) -> Result<Result<Vec<Unsupported>, RulesetError>, RulesetUseError> {
    let reading = tokio::task::spawn_blocking(move || {
        let unsupported = |ruleset: &Ruleset| ruleset.unsupported().to_vec();
        rulesets(&choice).map(|read| read.iter().flat_map(unsupported).collect())
    });
    reading.await.map_err(|_| RulesetUseError::Broken)
}
