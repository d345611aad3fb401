//! The lineage of a token: what it took the place of, and what has taken its place. And what is due for a timed job.

use std::time::Duration;

use gatewright_domain::{id::TokenId, time::Timestamp};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    reader::Reader,
    views::{Sight, Sql},
};

/// One step in a line of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SuccessionRow {
    /// The one that is replaced.
    pub token_id: TokenId,
    /// What takes its place.
    pub successor_id: TokenId,
    /// When the replaced one is revoked, or was.
    pub ends_at: Timestamp,
}

/// The neighbours of a token in its line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lineage {
    /// What it took the place of.
    pub replaces: Option<SuccessionRow>,
    /// What has taken its place.
    pub replaced_by: Option<SuccessionRow>,
}

#[derive(FromQueryResult)]
struct Due {
    id: TokenId,
}

/// How many are taken at once; the job comes again in a minute.
const AT_ONCE: i64 = 100;

impl Sight {
    /// The neighbours of a token. Whoever sees it sees them: they are of the same application and carry no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lineage(&self, token: TokenId) -> Result<Lineage, StoreError> {
        let find = |column: &'static str| {
            Sql::new("SELECT token_id, successor_id, ends_at FROM token_successions WHERE")
                .then(column)
                .then("=")
                .value(token.uuid())
        };
        Ok(Lineage {
            replaces: find("successor_id").one(&self.database).await?,
            replaced_by: find("token_id").one(&self.database).await?,
        })
    }
}

impl Reader {
    /// The replaced tokens whose overlap is over and that still live, at most a hundred.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overlaps_over(&self, now: Timestamp) -> Result<Vec<TokenId>, StoreError> {
        let find = Sql::new(
            "SELECT tokens.id FROM token_successions JOIN tokens ON tokens.id = token_successions.token_id \
             WHERE tokens.revoked_at IS NULL AND token_successions.ends_at <=",
        );
        let find = find
            .value(now.millis())
            .then("AND tokens.expires_at >")
            .value(now.millis())
            .then("ORDER BY token_successions.ends_at LIMIT")
            .value(AT_ONCE);
        let due: Vec<Due> = find.all(&self.database).await?;
        Ok(due.into_iter().map(|due| due.id).collect())
    }

    /// The live tokens that end within so many days and of which that was not said yet, at most a hundred. Of a token that
    /// lives no longer than twice as long it is not said, and of a replaced one neither.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens_ending(
        &self,
        days: u64,
        now: Timestamp,
    ) -> Result<Vec<TokenId>, StoreError> {
        let span = Duration::from_secs(days * 86_400);
        let twice = now.plus(span * 2).millis() - now.millis();
        let find =
            Sql::new("SELECT tokens.id FROM tokens WHERE revoked_at IS NULL AND expires_at >")
                .value(now.millis())
                .then("AND expires_at <=")
                .value(now.plus(span).millis())
                .then("AND expires_at - issued_at >")
                .value(twice);
        let find = find
            .then(
                "AND NOT EXISTS (SELECT 1 FROM token_successions WHERE token_id = tokens.id) \
                 AND NOT EXISTS (SELECT 1 FROM reminders WHERE subject_id = tokens.id AND days <=",
            )
            .value(i64::try_from(days).unwrap_or(i64::MAX))
            .then(") ORDER BY expires_at LIMIT")
            .value(AT_ONCE);
        let due: Vec<Due> = find.all(&self.database).await?;
        Ok(due.into_iter().map(|due| due.id).collect())
    }
}
