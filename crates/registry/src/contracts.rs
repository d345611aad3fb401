//! Contracts: examined before anything is stored, kept exactly as uploaded, taken into use by the version.

use gatewright_contract::{Budgets, Changes, Examined, Findings, Level, examine};
use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    contract::ContractRevision,
    id::RevisionId,
    revision::Revision,
    text::Reason,
    version::{Version, VersionError},
};
use gatewright_store::StoreError;

use crate::{Registry, VersionAt, comparisons::changes};

/// A contract to take.
#[derive(Debug)]
pub struct Upload {
    /// The document as it was sent.
    pub document: Vec<u8>,
    /// Why it is to be taken although it breaks what callers rely on; kept in the trail.
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
    /// The version is live, and callers that rely on its contract would break; nothing was stored.
    #[error(
        "the contract breaks callers of the version; begin a new version for it, or give a reason to take it all the same"
    )]
    Breaks(Changes),
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
    /// Takes a contract for a version: examines it off the request threads, holds it against the one that callers rely
    /// on, then stores it as the next revision.
    ///
    /// # Errors
    /// `Findings` when the document has errors; `Breaks` when it breaks callers and no reason is given; `Refused` for a
    /// retired or discarded version; the rest as usual.
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
        let promised = found.promised();
        let base = match promised {
            Some(_) => Some(
                sight
                    .contract_document(&at.api, at.number, None, now)
                    .await?,
            ),
            None => None,
        };
        let base = base.filter(|base| Some(base.id) == promised);
        let compared_with = base.as_ref().map(|base| base.id);
        let examining = tokio::task::spawn_blocking(move || {
            let examined = examine(&document, &Budgets::default());
            let base = base.filter(|_| examined.is_ok());
            let changes = base.map(|base| changes(&base.bytes, &document, now));
            (document, examined, changes.transpose())
        });
        let (document, examined, changes) = examining.await.map_err(|_| UploadError::Broken)?;
        let Examined {
            summary,
            operations,
            scopes,
            findings,
        } = examined.map_err(UploadError::Findings)?;
        let changes = changes
            .map_err(|_| UploadError::Broken)?
            .unwrap_or_default();
        if reason.is_none() && changes.reach(Level::Error) {
            return Err(UploadError::Breaks(changes));
        }
        let place = found.place().clone();
        let id = RevisionId::draw(now, &*self.entropy);
        let (contract, version) = self
            .store
            .write(permit, now, async move |tx| {
                let version = tx.version(place.id).await?;
                gatewright_store::expect(&version, expected)?;
                if version.promised() != compared_with {
                    return Err(UploadError::Stale);
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

fn digest(document: &[u8]) -> String {
    gatewright_domain::digest::sha256_hex(document)
}
