//! Contracts: examined before anything is stored, kept exactly as uploaded, taken into use by the version.

use gatewright_contract::{Budgets, Examined, Findings, examine};
use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    contract::ContractRevision,
    id::RevisionId,
    revision::Revision,
    version::{Version, VersionError},
};
use gatewright_store::StoreError;

use crate::{Registry, VersionAt};

/// A contract that was taken.
#[derive(Debug)]
pub struct Uploaded {
    /// The stored revision.
    pub contract: ContractRevision,
    /// The version that now uses it.
    pub version: Version,
    /// What is worth knowing about it; no errors among them.
    pub findings: Findings,
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
    /// The version takes no contract any more.
    #[error(transparent)]
    Refused(#[from] VersionError),
    /// Somebody else changed the version meanwhile.
    #[error("the version was changed meanwhile; look again and repeat")]
    Stale,
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
    /// Takes a contract for a version: examines it off the request threads, then stores it as the next revision.
    ///
    /// # Errors
    /// `Findings` when the document has errors; `Refused` for a retired or discarded version; the rest as usual.
    pub async fn upload_contract(
        &self,
        caller: &Caller,
        at: &VersionAt,
        document: Vec<u8>,
        expected: Option<Revision>,
    ) -> Result<Uploaded, UploadError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_version(&at.api, at.number).await?;
        let permit = self
            .store
            .permit(caller, Action::UploadContract, found.subject(), now)
            .await?;
        let examining = tokio::task::spawn_blocking(move || {
            let examined = examine(&document, &Budgets::default());
            (document, examined)
        });
        let (document, examined) = examining.await.map_err(|_| UploadError::Broken)?;
        let Examined {
            summary,
            operations,
            scopes,
            findings,
        } = examined.map_err(UploadError::Findings)?;
        let place = found.place().clone();
        let id = RevisionId::draw(now, &*self.entropy);
        let (contract, version) = self
            .store
            .write(permit, now, async move |tx| {
                let version = tx.version(place.id).await?;
                gatewright_store::expect(&version, expected)?;
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
                let version = tx.write(version.adopt(id)?).await?;
                Ok::<_, UploadError>((contract, version))
            })
            .await?;
        Ok(Uploaded {
            contract,
            version,
            findings,
        })
    }
}

fn digest(document: &[u8]) -> String {
    gatewright_domain::digest::sha256_hex(document)
}
