//! The personal access tokens of an operator.

use gatewright_domain::{
    id::{AccessTokenId, OperatorId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{Sight, Sql},
};

/// A personal access token: what is known of it, never its text.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessTokenRow {
    /// Its id.
    pub id: AccessTokenId,
    /// What it is called.
    pub name: String,
    /// What it is trusted with.
    pub role: String,
    /// Its first characters.
    pub hint: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

impl Sight {
    /// The access tokens of an operator, the newest first; at most 200.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_tokens(
        &self,
        owner: OperatorId,
    ) -> Result<Vec<AccessTokenRow>, StoreError> {
        let find = Sql::new(
            "SELECT id, name, role, hint, issued_at, expires_at, revoked_at, last_used_at, revision \
             FROM access_tokens WHERE operator_id =",
        );
        find.value(owner.uuid())
            .then("ORDER BY id DESC LIMIT 200")
            .all(&self.database)
            .await
    }
}
