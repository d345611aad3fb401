//! Assessments: what is noteworthy in a stored contract, held against the specification and against a ruleset. Contracts
//! are large, so they are read off the request threads.

use gatewright_contract::{Budgets, Source, Unsupported, describe, read};
use gatewright_domain::{
    access::Caller,
    contract::ContractAt,
    handle::ApiHandle,
    ruleset::{RulesetChoice, RulesetName},
};
use gatewright_store::StoreError;

use crate::{
    Busy, Registry,
    found::{Found, Raw, Wanted},
    linting::linted,
};

/// A contract and what is noteworthy in it.
#[derive(Debug)]
pub struct Assessment {
    /// Which contract, with the number of its revision.
    pub contract: ContractAt,
    /// The ruleset it was held against.
    pub ruleset: RulesetName,
    /// Whose choice that was.
    pub chosen: Chosen,
    /// What was found.
    pub found: Found,
    /// What of the ruleset was not run.
    pub unsupported: Vec<Unsupported>,
}

/// Whose choice a ruleset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The API's: its errors stand in the way of publishing.
    ByApi,
    /// Nobody's: its findings are worth knowing.
    ByNobody,
}

/// Why a contract was not assessed.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// No such contract among those the caller sees.
    #[error("there is no such contract")]
    NotFound,
    /// Too many contracts are being read.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The assessment broke off.
    #[error("the contract could not be assessed")]
    Broken,
    /// The store failed.
    #[error("the contract could not be read")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AssessError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Says what is noteworthy in a contract of an API, in one of its revisions or in the one that the version uses: by
    /// the ruleset that the API chose, or else by `spectral:oas`.
    ///
    /// # Errors
    /// `NotFound` when there is no such contract among those the caller sees; `Busy`.
    pub async fn assess(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        contract: ContractAt,
        wanted: Wanted,
    ) -> Result<Assessment, AssessError> {
        let now = self.clock.now();
        let place = self.analyses.place().await?;
        let (contract, document) = self.document(caller, api, contract, now).await?;
        let sight = self.store.reader().as_seen_by(caller);
        let ruleset = sight.find_ruleset(api).await?;
        let (choice, chosen) = match ruleset.map(|ruleset| ruleset.choice) {
            None | Some(RulesetChoice::None) => (RulesetChoice::Oas, Chosen::ByNobody),
            Some(choice) => (choice, Chosen::ByApi),
        };
        let ruleset = choice.name();
        let assessing = place.work(move || assessed(document, &choice, &wanted));
        let (found, unsupported) = assessing.await.ok_or(AssessError::Broken)?;
        Ok(Assessment {
            contract,
            ruleset,
            chosen,
            found,
            unsupported,
        })
    }
}

/// What the reader finds, and then the rules; a document that cannot be read is held against no rule.
fn assessed(
    document: Vec<u8>,
    choice: &RulesetChoice,
    wanted: &Wanted,
) -> (Found, Vec<Unsupported>) {
    let budgets = Budgets::default();
    let mut raw: Vec<Raw> = Vec::new();
    let mut unsupported = Vec::new();
    match read(&document, &budgets) {
        Ok(read) => {
            let described = describe(&read, &budgets).map(|described| described.findings);
            let findings = described.unwrap_or_else(|findings| findings);
            raw.extend(findings.as_slice().iter().map(Raw::from));
            let linted = linted(&read, choice);
            raw.extend(linted.raw);
            unsupported = linted.unsupported;
        }
        Err(findings) => raw.extend(findings.as_slice().iter().map(Raw::from)),
    }
    let found = Found::gather(raw, &Source::new(document), wanted);
    (found, unsupported)
}
