//! Contracts: examined before anything is stored, kept exactly as uploaded, taken into use by the version.

use gatewright_contract::{Budgets, Changes, Examined, Findings, Level, describe, read};
use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    contract::ContractRevision,
    id::RevisionId,
    revision::Revision,
    ruleset::RulesetChoice,
    text::Reason,
    time::Timestamp,
    version::{Version, VersionError},
};
use gatewright_store::{StoreError, views::contracts::ContractDocument};

use crate::{
    Busy, Registry, VersionAt,
    comparisons::changes,
    linting::{LintErrors, errors},
};

/// A contract to take.
#[derive(Debug)]
pub struct Upload {
    /// The document as it was sent.
    pub document: Vec<u8>,
    /// Why it is to be taken although it breaks what callers rely on, or has errors of the ruleset; kept in the trail.
    pub reason: Option<Reason>,
    /// How often the version was written when the caller saw it.
    pub expected: Option<Revision>,
}

/// A contract that was taken.
#[derive(Debug)]
pub struct Uploaded {
    /// The stored revision.
    pub contract: ContractRevision,
    /// The version that now uses it.
    pub version: Version,
    /// What is worth knowing about it; no errors among them.
    pub findings: Findings,
    /// What changed for callers; nothing when there are none yet.
    pub changes: Changes,
}

/// What stands against a contract that callers are to rely on, and is overruled by a reason.
#[derive(Debug, Default)]
pub struct Objections {
    /// What changed for callers.
    pub changes: Changes,
    /// The errors of the ruleset that the API chose, if there are some.
    pub lint: Option<Box<LintErrors>>,
}

/// Why a contract was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such version among those the caller sees.
    #[error("no such version")]
    NotFound,
    /// The document has errors; nothing was stored.
    #[error("the contract has errors")]
    Findings(Findings),
    /// The version is live, and callers that rely on its contract would break, or the ruleset of the API finds errors;
    /// nothing was stored.
    #[error(
        "the contract breaks callers of the version, or rules of its API; begin a new version for it or mend it, or give a reason to take it all the same"
    )]
    Objected(Objections),
    /// The version takes no contract any more.
    #[error(transparent)]
    Refused(#[from] VersionError),
    /// Somebody else changed the version meanwhile.
    #[error("the version was changed meanwhile; look again and repeat")]
    Stale,
    /// Too many contracts are being read.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The examination broke off.
    #[error("the contract could not be examined")]
    Broken,
    /// The store failed.
    #[error("the contract could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Takes a contract for a version: examines it off the request threads, holds it against the one that callers rely
    /// on, then stores it as the next revision.
    ///
    /// # Errors
    /// `Findings` when the document has errors; `Objected` when it breaks callers, or has errors of the ruleset that the
    /// API chose, of a live version and no reason is given; `Refused` for a retired or discarded version; the rest as usual.
    pub async fn upload_contract(
        &self,
        caller: &Caller,
        at: &VersionAt,
        upload: Upload,
    ) -> Result<Uploaded, UploadError> {
        let now = self.clock.now();
        let Upload {
            document,
            reason,
            expected,
        } = upload;
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_version(&at.api, at.number).await?;
        let permit = self
            .store
            .permit(caller, Action::UploadContract, found.subject(), now)
            .await?;
        let place = self.analyses.place().await?;
        let promised = found.promised();
        let (base, ruleset) = match promised {
            Some(_) => (
                Some(
                    sight
                        .contract_document(&at.api, at.number, None, now)
                        .await?,
                ),
                sight.find_ruleset(&at.api).await?,
            ),
            None => (None, None),
        };
        let ruleset_number = ruleset.as_ref().map(|ruleset| ruleset.number);
        let choice = ruleset.map(|ruleset| ruleset.choice).unwrap_or_default();
        let base = base.filter(|base| Some(base.id) == promised);
        let compared_with = base.as_ref().map(|base| base.id);
        let against = Against { base, choice, now };
        let examining = place.work(move || {
            let examined = against.examine(&document);
            (document, examined)
        });
        let (document, examined) = examining.await.ok_or(UploadError::Broken)?;
        let (examined, objections) = examined?;
        let Examined {
            summary,
            operations,
            scopes,
            findings,
        } = examined;
        if reason.is_none() && objections.stand() {
            return Err(UploadError::Objected(objections));
        }
        let Objections { changes, lint: _ } = objections;
        let place = found.place().clone();
        let is_overruled = reason.is_some();
        let id = RevisionId::draw(now, &*self.entropy);
        let (contract, version) = self
            .store
            .write(permit, now, async move |tx| {
                let version = tx.version(place.id).await?;
                gatewright_store::expect(&version, expected)?;
                if version.promised() != compared_with {
                    return Err(UploadError::Stale);
                }
                if compared_with.is_some() && !is_overruled {
                    let ruleset = tx.ruleset(place.api.id).await?;
                    if ruleset.map(|ruleset| ruleset.number) != ruleset_number {
                        return Err(UploadError::Stale);
                    }
                }
                let contract = ContractRevision {
                    id,
                    number: tx.next_contract_number(place.id).await?,
                    version: place,
                    digest: digest(&document),
                    document,
                    title: summary.title,
                    operations,
                    scopes: scopes.into_keys().collect(),
                    uploaded: now,
                    revision: Revision::NEW,
                };
                let contract = tx.write(ContractRevision::upload(contract)).await?;
                let version = tx.write(version.adopt(id, reason)?).await?;
                Ok::<_, UploadError>((contract, version))
            })
            .await?;
        Ok(Uploaded {
            contract,
            version,
            findings,
            changes,
        })
    }
}

/// What an upload is held against.
struct Against {
    /// The contract that callers rely on, if they rely on one.
    base: Option<ContractDocument>,
    /// The ruleset of the API, for a version that callers rely on.
    choice: RulesetChoice,
    now: Timestamp,
}

impl Against {
    fn examine(self, document: &[u8]) -> Result<(Examined, Objections), UploadError> {
        let Self { base, choice, now } = self;
        let budgets = Budgets::default();
        let read = read(document, &budgets).map_err(UploadError::Findings)?;
        let examined = describe(&read, &budgets).map_err(UploadError::Findings)?;
        let lint = errors(&read, document, &choice);
        let changes = base.map(|base| changes(&base.bytes, document, now));
        let changes = changes.transpose().map_err(|_| UploadError::Broken)?;
        let changes = changes.unwrap_or_default();
        Ok((examined, Objections { changes, lint }))
    }
}

impl Objections {
    /// Whether any is grave enough to ask for a reason.
    fn stand(&self) -> bool {
        self.changes.reach(Level::Error) || self.lint.is_some()
    }
}

fn digest(document: &[u8]) -> String {
    gatewright_domain::digest::sha256_hex(document)
}
