//! Answers kept for repeated requests: the first request left its event, the repetition changes nothing.

use std::time::Duration;

use gatewright_domain::time::Timestamp;
use sea_orm::{ActiveValue::Set, Condition, entity::prelude::*, sea_query::OnConflict};

use crate::{
    error::StoreError,
    rows::idempotency_key::{ActiveModel, Column, Entity, Model},
    store::Store,
};

/// A request that may have been made before.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Who makes it; two callers never share a key.
    pub actor: &'a str,
    /// The key they chose.
    pub key: &'a str,
    /// A digest of what they ask for.
    pub fingerprint: &'a str,
}

/// The answers kept for repeated requests, for the face of the control plane, which holds nothing else that writes.
#[derive(Clone, Debug)]
pub struct Attempts(Store);

impl Store {
    /// The answers kept for repeated requests, and nothing else that writes.
    #[must_use]
    pub fn attempts(&self) -> Attempts {
        Attempts(self.clone())
    }
}

/// What is known of a request's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: go on, then `finish` or `abandon`.
    Fresh,
    /// It was answered before, like this.
    Replay(Answer),
    /// The first request has not been answered yet.
    Running,
    /// The key was used for something else.
    Mismatch,
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The content type.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// After so long without an answer, the server that had begun it is gone, and another may begin.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);

impl Attempts {
    /// Takes a key, or says what became of it.
    ///
    /// # Errors
    /// `Corrupt`; `Database`.
    pub async fn begin(
        &self,
        attempt: Attempt<'_>,
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let Attempt {
            actor,
            key,
            fingerprint,
        } = attempt;
        let fresh = ActiveModel {
            actor: Set(actor.to_owned()),
            idempotency_key: Set(key.to_owned()),
            fingerprint: Set(fingerprint.to_owned()),
            started_at: Set(now),
            status: Set(None),
            content_type: Set(None),
            body: Set(None),
        };
        let taken = OnConflict::columns([Column::Actor, Column::IdempotencyKey])
            .do_nothing()
            .to_owned();
        let inserted = Entity::insert(fresh).on_conflict(taken);
        if inserted.exec_without_returning(self.0.quietly()).await? == 1 {
            return Ok(Standing::Fresh);
        }
        let found = Entity::find()
            .filter(of(&attempt))
            .one(self.0.quietly())
            .await?;
        let known = found.ok_or(StoreError::Stale)?;
        if known.fingerprint != fingerprint {
            return Ok(Standing::Mismatch);
        }
        match answer(known)? {
            Some(answer) => Ok(Standing::Replay(answer)),
            None => self.take_over(&attempt, now).await,
        }
    }

    async fn take_over(
        &self,
        attempt: &Attempt<'_>,
        now: Timestamp,
    ) -> Result<Standing, StoreError> {
        let abandoned = Entity::update_many()
            .col_expr(Column::StartedAt, Expr::value(now))
            .filter(of(attempt))
            .filter(Column::Status.is_null())
            .filter(Column::StartedAt.lt(now.minus(ABANDONED_AFTER)));
        match abandoned.exec(self.0.quietly()).await?.rows_affected {
            0 => Ok(Standing::Running),
            _ => Ok(Standing::Fresh),
        }
    }

    /// Keeps the answer to a request whose key was fresh.
    ///
    /// # Errors
    /// `Database`.
    pub async fn finish(&self, attempt: Attempt<'_>, answer: Answer) -> Result<(), StoreError> {
        let Answer {
            status,
            content_type,
            body,
        } = answer;
        let kept = Entity::update_many()
            .col_expr(Column::Status, Expr::value(i64::from(status)))
            .col_expr(Column::ContentType, Expr::value(content_type))
            .col_expr(Column::Body, Expr::value(body))
            .filter(of(&attempt));
        kept.exec(self.0.quietly()).await?;
        Ok(())
    }

    /// Gives a fresh key back: the request failed through no fault of the caller, who may try again.
    ///
    /// # Errors
    /// `Database`.
    pub async fn abandon(&self, attempt: Attempt<'_>) -> Result<(), StoreError> {
        let unanswered = Entity::delete_many()
            .filter(of(&attempt))
            .filter(Column::Status.is_null());
        unanswered.exec(self.0.quietly()).await?;
        Ok(())
    }
}

impl Store {
    /// Forgets keys that were taken before this moment.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_attempts(&self, before: Timestamp) -> Result<u64, StoreError> {
        let old = Entity::delete_many().filter(Column::StartedAt.lt(before));
        Ok(old.exec(self.quietly()).await?.rows_affected)
    }
}

fn of(attempt: &Attempt<'_>) -> Condition {
    Condition::all()
        .add(Column::Actor.eq(attempt.actor))
        .add(Column::IdempotencyKey.eq(attempt.key))
}

fn answer(known: Model) -> Result<Option<Answer>, StoreError> {
    let Model {
        actor: _,
        idempotency_key,
        fingerprint: _,
        started_at: _,
        status,
        content_type,
        body,
    } = known;
    let (Some(status), Some(content_type), Some(body)) = (status, content_type, body) else {
        return Ok(None);
    };
    let status = u16::try_from(status).map_err(|_| StoreError::Corrupt {
        table: "idempotency_keys",
        column: "status",
        row: idempotency_key,
    })?;
    Ok(Some(Answer {
        status,
        content_type,
        body,
    }))
}
