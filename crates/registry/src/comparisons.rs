//! Comparisons: what changed from one contract of an API to another. Contracts are large, so they are read off the
//! request threads.

use gatewright_contract::{AllOf, Budgets, Changes, Findings, Settings, diff, read};
use gatewright_domain::{access::Caller, contract::ContractAt, handle::ApiHandle, time::Timestamp};
use gatewright_store::{StoreError, views::contracts::ContractDocument};

use crate::{Busy, Registry};

/// Two contracts and what changed between them.
#[derive(Debug)]
pub struct Comparison {
    /// The earlier one, with the number of its revision.
    pub from: ContractAt,
    /// The later one, with the number of its revision.
    pub to: ContractAt,
    /// What changed.
    pub changes: Changes,
}

/// Why two contracts were not compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// No such contract among those the caller sees.
    #[error("there is no such contract")]
    NotFound(ContractAt),
    /// Too many contracts are being read.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// A stored contract cannot be read, or the comparison broke off.
    #[error("the contracts could not be compared")]
    Broken,
    /// The store failed.
    #[error("the contracts could not be read")]
    Store(#[source] StoreError),
}

impl Registry {
    /// Compares two contracts of an API.
    ///
    /// # Errors
    /// `NotFound` names the one that is not there; `Busy`.
    pub async fn compare(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        from: ContractAt,
        to: ContractAt,
    ) -> Result<Comparison, CompareError> {
        let now = self.clock.now();
        let place = self.analyses.place().await?;
        let missing = |at: ContractAt| {
            move |error| match error {
                StoreError::NotFound => CompareError::NotFound(at),
                other => CompareError::Store(other),
            }
        };
        let found = self.document(caller, api, from, now).await;
        let (from, base) = found.map_err(missing(from))?;
        let found = self.document(caller, api, to, now).await;
        let (to, revision) = found.map_err(missing(to))?;
        let comparing = place.work(move || changes(&base, &revision, now));
        let compared = comparing.await.ok_or(CompareError::Broken)?;
        let changes = compared.map_err(|_| CompareError::Broken)?;
        Ok(Comparison { from, to, changes })
    }

    /// A contract of an API among those the caller sees, with the number of its revision.
    pub(crate) async fn document(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        at: ContractAt,
        now: Timestamp,
    ) -> Result<(ContractAt, Vec<u8>), StoreError> {
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight
            .contract_document(api, at.version, at.revision, now)
            .await?;
        let ContractDocument { number, bytes, .. } = found;
        let at = ContractAt {
            revision: u32::try_from(number).ok(),
            ..at
        };
        Ok((at, bytes))
    }
}

/// What changed from one document to another. Moving keywords into a branch of an `allOf` is no change: nobody who calls
/// the API sees it.
///
/// # Errors
/// The findings of a document that cannot be read.
pub(crate) fn changes(base: &[u8], revision: &[u8], now: Timestamp) -> Result<Changes, Findings> {
    let budgets = Budgets::default();
    let (base, revision) = (read(base, &budgets)?, read(revision, &budgets)?);
    let settings = Settings {
        all_of: AllOf::Merged,
        ..Settings::at(now)
    };
    Ok(diff(&base, &revision, &settings))
}
