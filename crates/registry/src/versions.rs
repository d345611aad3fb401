//! Versions: drafted, then moved along their lifecycle. One private function does what all moves have in common.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::{Aggregate, Change},
    handle::ApiHandle,
    id::VersionId,
    revision::Revision,
    staleness::Staleness,
    text::{Reason, Upstream, VersionNumber},
    time::Timestamp,
    version::{Version, VersionError, VersionRef},
};
use gatewright_store::StoreError;

use crate::{Busy, Registry, UpstreamRefused, linting::LintErrors};

/// Where a version is: its API and its number.
#[derive(Clone, Debug)]
pub struct VersionAt {
    /// The API, by id or name.
    pub api: ApiHandle,
    /// The number.
    pub number: VersionNumber,
}

/// Why a version was not drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such API among those the caller sees.
    #[error("no such API")]
    NotFound,
    /// The number is taken.
    #[error("the API has a version {0} already")]
    NumberTaken(VersionNumber),
    /// The upstream is not allowed.
    #[error(transparent)]
    Upstream(#[from] UpstreamRefused),
    /// The store failed.
    #[error("the version could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for DraftError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

/// Why a version did not move.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such version among those the caller sees.
    #[error("no such version")]
    NotFound,
    /// The lifecycle forbids it.
    #[error(transparent)]
    Refused(#[from] VersionError),
    /// The new upstream is not allowed.
    #[error(transparent)]
    Upstream(#[from] UpstreamRefused),
    /// The contract has errors of the ruleset that the API chose.
    #[error(
        "the contract has errors of the ruleset that the API chose; mend them, or give a reason to publish it all the same"
    )]
    Lint(Box<LintErrors>),
    /// Somebody else changed it meanwhile.
    #[error("the version was changed meanwhile; look again and repeat")]
    Stale,
    /// Too many contracts are being read.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The linting broke off.
    #[error("the contract could not be linted")]
    Broken,
    /// The store failed.
    #[error("the version could not be stored")]
    Store(#[source] StoreError),
}

impl From<StoreError> for MoveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale => Self::Stale,
            other => Self::Store(other),
        }
    }
}

impl Registry {
    /// Begins a version.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `NumberTaken`, `Upstream`.
    pub async fn draft_version(
        &self,
        caller: &Caller,
        api: &ApiHandle,
        number: VersionNumber,
        upstream: Upstream,
    ) -> Result<Version, DraftError> {
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
            .permit(caller, Action::DraftVersion, api.subject(), now)
            .await?;
        self.upstreams.check(&upstream).await?;
        let place = VersionRef {
            id: VersionId::draw(now, &*self.entropy),
            api,
            number,
        };
        self.store
            .write(permit, now, async move |tx| {
                let draft = Version::draft(place, upstream, now);
                tx.write(draft).await.map_err(|error| match error {
                    StoreError::Taken { .. } => DraftError::NumberTaken(number),
                    other => other.into(),
                })
            })
            .await
    }

    /// Sends a version's requests somewhere else.
    ///
    /// # Errors
    /// Every variant of `MoveError`.
    pub async fn redirect_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        upstream: Upstream,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        self.upstreams.check(&upstream).await?;
        let step = move |version: Version, _| version.redirect(upstream);
        self.move_version(caller, at, Action::EditVersion, expected, step)
            .await
    }

    /// Says what becomes of a version's calls at gateways that are out of touch.
    ///
    /// # Errors
    /// Every variant of `MoveError` but `Upstream`.
    pub async fn agree_on_staleness(
        &self,
        caller: &Caller,
        at: &VersionAt,
        staleness: Staleness,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = move |version: Version, _| version.agree(staleness);
        self.move_version(caller, at, Action::EditVersion, expected, step)
            .await
    }

    /// Announces a version's end.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Refused`, `Stale`; likewise for the other moves.
    pub async fn deprecate_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        sunset: Timestamp,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = move |version: Version, now| version.deprecate(sunset, now);
        self.move_version(caller, at, Action::DeprecateVersion, expected, step)
            .await
    }

    /// Ends a version for good.
    ///
    /// # Errors
    /// As `deprecate_version`.
    pub async fn retire_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = |version: Version, now| version.retire(now);
        self.move_version(caller, at, Action::RetireVersion, expected, step)
            .await
    }

    /// Stops a version at once.
    ///
    /// # Errors
    /// As `deprecate_version`.
    pub async fn block_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        reason: Reason,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = move |version: Version, now| version.block(reason, now);
        self.move_version(caller, at, Action::BlockVersion, expected, step)
            .await
    }

    /// Lets a blocked version answer again.
    ///
    /// # Errors
    /// As `deprecate_version`.
    pub async fn unblock_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = |version: Version, _| version.unblock();
        self.move_version(caller, at, Action::UnblockVersion, expected, step)
            .await
    }

    /// Gives a draft up.
    ///
    /// # Errors
    /// As `deprecate_version`.
    pub async fn discard_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        expected: Option<Revision>,
    ) -> Result<Version, MoveError> {
        let step = |version: Version, now| version.discard(now);
        self.move_version(caller, at, Action::DiscardVersion, expected, step)
            .await
    }

    /// What all moves have in common: find, ask, read again inside the transaction, step, write.
    async fn move_version(
        &self,
        caller: &Caller,
        at: &VersionAt,
        action: Action,
        expected: Option<Revision>,
        step: impl FnOnce(Version, Timestamp) -> Result<Change<Version>, VersionError> + Send,
    ) -> Result<Version, MoveError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let found = sight.find_version(&at.api, at.number).await?;
        let permit = self
            .store
            .permit(caller, action, found.subject(), now)
            .await?;
        let id = found.place().id;
        self.store
            .write(permit, now, async move |tx| {
                let version = tx.version(id).await?;
                gatewright_store::expect(&version, expected)?;
                Ok(tx.write(step(version, now)?).await?)
            })
            .await
    }
}
