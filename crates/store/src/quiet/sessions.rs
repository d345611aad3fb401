//! Sessions are noise in a trail: sign-in and sign-out are events, the renewal in between is not.

use gatewright_domain::{
    id::{OperatorId, SessionId},
    time::Timestamp,
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{
    error::StoreError,
    rows::session::{ActiveModel, Column, Entity},
    store::Store,
};

/// A session that begins.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub operator: OperatorId,
    /// SHA-256 of the cookie's secret, in hexadecimal.
    pub hash: String,
    /// When it begins.
    pub created: Timestamp,
    /// When it ends unless it is renewed.
    pub expires: Timestamp,
}

impl Store {
    /// Begins a session. The sign-in before it is the event.
    ///
    /// # Errors
    /// `NotFound` when there is no such operator; `Database`.
    pub async fn open_session(&self, session: NewSession) -> Result<(), StoreError> {
        let NewSession {
            id,
            operator,
            hash,
            created,
            expires,
        } = session;
        let active = ActiveModel {
            id: Set(id),
            operator_id: Set(operator),
            hash: Set(hash),
            created_at: Set(created),
            last_seen_at: Set(created),
            expires_at: Set(expires),
        };
        Entity::insert(active)
            .exec_without_returning(self.quietly())
            .await?;
        Ok(())
    }

    /// Renews a session. Happens with every page, and says no more than the access log.
    ///
    /// # Errors
    /// `Database`.
    pub async fn touch_session(
        &self,
        id: SessionId,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let renewal = Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(now))
            .col_expr(Column::ExpiresAt, Expr::value(expires))
            .filter(Column::Id.eq(id));
        renewal.exec(self.quietly()).await?;
        Ok(())
    }

    /// Ends a session. The sign-out beside it is the event.
    ///
    /// # Errors
    /// `Database`.
    pub async fn close_session(&self, id: SessionId) -> Result<(), StoreError> {
        Entity::delete_by_id(id).exec(self.quietly()).await?;
        Ok(())
    }

    /// Ends every session of an operator. Follows an event of the operator: disabled, reassigned, new password.
    ///
    /// # Errors
    /// `Database`.
    pub async fn close_sessions_of(&self, operator: OperatorId) -> Result<(), StoreError> {
        let theirs = Entity::delete_many().filter(Column::OperatorId.eq(operator));
        theirs.exec(self.quietly()).await?;
        Ok(())
    }

    /// Forgets sessions that have ended by themselves; nobody did anything.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        let ended = Entity::delete_many().filter(Column::ExpiresAt.lte(now));
        Ok(ended.exec(self.quietly()).await?.rows_affected)
    }
}
