//! Replacing: a new token now, and the end of the old one when the overlap is over. And saying in time that a token ends.

use gatewright_domain::{
    access::{Action, Caller, Denied},
    audit::Aggregate,
    handle::ApplicationHandle,
    id::TokenId,
    succession::{REMINDERS, Replacement, Succession, SuccessionError},
    text::Reason,
    token::Token,
};
use gatewright_store::StoreError;

use crate::{IssueError, IssuedToken, Keys};

/// Why a token was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The policy forbids it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The rules refuse.
    #[error(transparent)]
    Refused(#[from] SuccessionError),
    /// The new one was not issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// No such token among those the caller sees.
    #[error("no such token")]
    NotFound,
    /// The token changed meanwhile. The new one is issued, if there is one.
    #[error("the token was changed meanwhile; look again")]
    Stale,
    /// The store failed. The new token is issued, if there is one.
    #[error("the replacement could not be recorded")]
    Store(#[source] StoreError),
}

impl From<StoreError> for ReplaceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Stale | StoreError::OutsidePermit => Self::Stale,
            StoreError::Taken { .. } => Self::Refused(SuccessionError::Replaced),
            other => Self::Store(other),
        }
    }
}

impl Keys {
    /// Issues a token in the place of another, which goes on until the overlap is over. Without an overlap it ends now.
    ///
    /// # Errors
    /// Every variant of `ReplaceError`. The new token is issued before the old one's end is recorded, so that a failure in
    /// between leaves two tokens rather than none.
    pub async fn replace(
        &self,
        caller: &Caller,
        token: TokenId,
        replacement: Replacement,
    ) -> Result<IssuedToken, ReplaceError> {
        let now = self.clock.now();
        let sight = self.store.reader().as_seen_by(caller);
        let old = sight.find_token(token).await?;
        let wish = old.to_be_replaced(&replacement, now)?;
        if sight.lineage(token).await?.replaced_by.is_some() {
            return Err(SuccessionError::Replaced.into());
        }
        let on = old.subject();
        let permit = self
            .store
            .permit(caller, Action::RevokeToken, on, now)
            .await?;
        let application = ApplicationHandle::Id(old.application());
        let issued = self.issue(caller, &application, wish).await?;
        let (successor, overlap) = (issued.token.clone(), replacement.overlap);
        self.store
            .write(permit, now, async move |tx| {
                let old = tx.token(token).await?;
                tx.write(Succession::begin(&old, &successor, overlap, now))
                    .await?;
                if overlap.is_zero()
                    && let Ok(change) = old.revoke(None, now)
                {
                    tx.write(change).await?;
                }
                Ok::<_, ReplaceError>(())
            })
            .await?;
        Ok(issued)
    }

    /// Revokes the replaced tokens whose overlap is over, and says which. For a timed job.
    ///
    /// # Errors
    /// `Denied`; when the store fails.
    pub async fn end_overlaps(&self, job: &Caller) -> Result<Vec<Token>, ReplaceError> {
        let now = self.clock.now();
        let due = self.store.reader().overlaps_over(now).await?;
        let mut ended = Vec::with_capacity(due.len());
        for id in due {
            let Some(token) = self.seen_by_job(job, id).await? else {
                continue;
            };
            let on = token.subject();
            let permit = self.store.permit(job, Action::Operate, on, now).await?;
            let reason: Option<Reason> = "its replacement's overlap is over".parse().ok();
            let over = self
                .store
                .write(permit, now, async move |tx| {
                    let token = tx.token(id).await?;
                    match token.clone().revoke(reason, now) {
                        Ok(change) => Ok(tx.write(change).await?),
                        Err(_already) => Ok::<_, ReplaceError>(token),
                    }
                })
                .await?;
            ended.push(over);
        }
        Ok(ended)
    }

    /// Says of tokens that end within a month, a week and a day that they do, once each, and of which. For a timed job.
    ///
    /// # Errors
    /// `Denied`; when the store fails.
    pub async fn remind(&self, job: &Caller) -> Result<Vec<(Token, u64)>, ReplaceError> {
        let now = self.clock.now();
        let mut said = Vec::new();
        // The shortest first: what ends tomorrow is not told that it ends within a month.
        for days in REMINDERS.into_iter().rev() {
            for id in self.store.reader().tokens_ending(days, now).await? {
                let Some(token) = self.seen_by_job(job, id).await? else {
                    continue;
                };
                let (on, event) = (token.subject(), token.ends_soon());
                let permit = self.store.permit(job, Action::Operate, on, now).await?;
                self.store
                    .write(permit, now, async move |tx| {
                        tx.remind(id.uuid(), days).await?;
                        tx.note(event)?;
                        Ok::<_, ReplaceError>(())
                    })
                    .await?;
                said.push((token, days));
            }
        }
        Ok(said)
    }

    async fn seen_by_job(&self, job: &Caller, id: TokenId) -> Result<Option<Token>, StoreError> {
        match self.store.reader().as_seen_by(job).find_token(id).await {
            Ok(token) => Ok(Some(token)),
            // Swept meanwhile.
            Err(StoreError::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }
}
