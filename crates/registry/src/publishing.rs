//! Publishing: a draft is opened to callers once nothing stands in its way, or somebody says why it is opened all the same.

use gatewright_contract::{Budgets, read};
use gatewright_domain::{
    access::{Action, Caller},
    audit::Aggregate,
    id::RevisionId,
    revision::Revision,
    ruleset::{ApiRuleset, RulesetChoice},
    text::Reason,
    time::Timestamp,
    version::Version,
};
use gatewright_store::views::Sight;

use crate::{
    Registry, VersionAt,
    linting::{LintErrors, errors},
    versions::MoveError,
};

/// What was looked at before a version is published, and has to be the same when it is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Looked {
    contract: Option<RevisionId>,
    ruleset: u32,
}

impl Registry {
    /// Opens a draft to callers. A reason is why, although its contract has errors of the ruleset that its API chose; it
    /// stays in the trail.
    ///
    /// # Errors
    /// `Lint` with the errors, when there are some and no reason is given; every other variant of `MoveError` but
    /// `Upstream`.
    pub async fn publish_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        reason: Option<Reason>,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_version(&at.api, at.number).await?;
        let permit = self
            .store
            .permit(caller, Action::PublishVersion, found.subject(), now)
            .await?;
        let looked = match reason {
            Some(_) => None,
            None => Some(self.looked_at(&sight, at, &found, now).await?),
        };
        let (id, api) = (found.place().id, found.place().api.id);
        self.store
            .write(permit, now, async move |tx| {
                let version = tx.version(id).await?;
                gatewright_store::expect(&version, expected)?;
                if let Some(looked) = looked {
                    let ruleset = number(tx.ruleset(api).await?.as_ref());
                    let contract = version.contract();
                    if looked != (Looked { contract, ruleset }) {
                        return Err(MoveError::Stale);
                    }
                }
                let published = match reason {
                    Some(reason) => version.publish_despite(reason, now)?,
                    None => version.publish(now)?,
                };
                Ok(tx.write(published).await?)
            })
            .await
    }

    /// Holds the contract of a draft against the ruleset of its API.
    async fn looked_at(
        &self,
        sight: &Sight,
        at: &VersionAt,
        version: &Version,
        now: Timestamp,
    ) -> Result<Looked, MoveError> {
        let ruleset = sight.find_ruleset(&at.api).await?;
        let looked = Looked {
            contract: version.contract(),
            ruleset: number(ruleset.as_ref()),
        };
        let choice = ruleset.map(|ruleset| ruleset.choice).unwrap_or_default();
        if choice == RulesetChoice::None || looked.contract.is_none() {
            return Ok(looked);
        }
        let place = self.analyses.place().await?;
        let contract = sight
            .contract_document(&at.api, at.number, None, now)
            .await?;
        if Some(contract.id) != looked.contract {
            return Err(MoveError::Stale);
        }
        let linting = place.work(move || found(&contract.bytes, &choice));
        match linting.await.ok_or(MoveError::Broken)? {
            Some(errors) => Err(MoveError::Lint(errors)),
            None => Ok(looked),
        }
    }
}

fn number(ruleset: Option<&ApiRuleset>) -> u32 {
    ruleset.map_or(0, |ruleset| ruleset.number)
}

/// The errors of a stored contract. One that cannot be read any more is not held against rules; its reader's findings
/// are told where they are asked for.
fn found(bytes: &[u8], choice: &RulesetChoice) -> Option<Box<LintErrors>> {
    let document = read(bytes, &Budgets::default()).ok()?;
    errors(&document, bytes, choice)
}
