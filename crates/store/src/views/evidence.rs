//! Who has learnt a key: which gateways have acknowledged it, and whether a key set with it was fetched.

use gatewright_domain::{id::KeyId, ring::Evidence};
use sea_orm::FromQueryResult;

use crate::{error::StoreError, reader::Reader, views::Sql};

#[derive(FromQueryResult)]
struct Row {
    revision: Option<i64>,
}

impl Reader {
    /// What is known of who has learnt a published key. For whoever is about to let it sign.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn evidence(&self, key: KeyId) -> Result<Evidence, StoreError> {
        let published = self.published_at_revision(key).await?;
        let receipts = self.receipts(published).await?;
        let missing = receipts
            .into_iter()
            .filter(|receipt| receipt.applied_at.is_none())
            .map(|receipt| receipt.gateway);
        Ok(Evidence {
            missing: missing.collect(),
            is_served: self.served_since(key, published).await?,
        })
    }

    /// The first revision in which a key is published: an event's number counts from nought, revisions from one.
    async fn published_at_revision(&self, key: KeyId) -> Result<u64, StoreError> {
        let find = Sql::new(
            "SELECT MAX(seq) + 1 AS revision FROM audit_event WHERE action = 'signing-key.publish' AND target_id =",
        );
        let row: Option<Row> = find.value(key.to_string()).one(&self.database).await?;
        let revision = row.and_then(|row| row.revision);
        // A key that was never published is in no revision.
        let revision = revision.map(|number| u64::try_from(number).unwrap_or(u64::MAX));
        Ok(revision.unwrap_or(u64::MAX))
    }

    /// Whether a set that shows the key was fetched since: the whole one, or for a key of access tokens one of those alone, or
    /// that of an API, which is named by its algorithms.
    async fn served_since(&self, key: KeyId, revision: u64) -> Result<bool, StoreError> {
        let find = Sql::new(
            "SELECT MAX(revision) AS revision FROM key_set_serves WHERE shown = 'all' OR EXISTS (SELECT 1 FROM signing_keys \
             WHERE purpose IN ('access', 'dev-access') AND (key_set_serves.shown = 'access-tokens' \
             OR '+' || key_set_serves.shown || '+' LIKE '%+' || signing_keys.algorithm || '+%') AND id =",
        );
        let find = find.value(key.uuid()).then(")");
        let row: Option<Row> = find.one(&self.database).await?;
        let served = row.and_then(|row| row.revision);
        let served = served.and_then(|number| u64::try_from(number).ok());
        Ok(served.is_some_and(|served| revision <= served))
    }
}
