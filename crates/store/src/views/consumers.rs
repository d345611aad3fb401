//! Consumers with their applications.

use gatewright_domain::{
    handle::ConsumerHandle, id::ConsumerId, revision::Revision, time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        applications::ApplicationRow,
        page::{Page, Paged},
    },
};

/// A consumer in a list.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsumerRow {
    /// Its id.
    pub id: ConsumerId,
    /// Its name.
    pub name: String,
    /// How many applications it has.
    pub applications: i64,
    /// Tokens that live now.
    pub live_tokens: i64,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// The hour of the last call.
    pub last_call: Option<Timestamp>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
    /// Its name as it is sorted.
    #[serde(skip)]
    pub name_folded: String,
}

/// A consumer with its applications.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsumerPage {
    /// The consumer itself.
    #[serde(flatten)]
    pub consumer: ConsumerRow,
    /// Its applications, by name.
    pub items: Vec<ApplicationRow>,
}

/// The columns of a consumer; the two moments are now and 30 days ago.
fn find(now: Timestamp) -> Sql {
    let month = now
        .minus(std::time::Duration::from_secs(30 * 86_400))
        .millis();
    let find = Sql::new(
        "SELECT id, name, name_folded, registered_at, revision, (SELECT COUNT(*) FROM applications \
         WHERE applications.consumer_id = consumers.id) AS applications, (SELECT COUNT(*) FROM tokens \
         JOIN applications ON applications.id = tokens.application_id WHERE applications.consumer_id = consumers.id \
         AND tokens.revoked_at IS NULL AND tokens.issued_at >= COALESCE(applications.not_before, 0) \
         AND tokens.expires_at >",
    );
    let find = find.value(now.millis()).then(
        ") AS live_tokens, (SELECT MAX(usage_hours.hour) FROM usage_hours \
         JOIN applications ON applications.id = usage_hours.application_id \
         WHERE applications.consumer_id = consumers.id) AS last_call, \
         COALESCE((SELECT CAST(SUM(usage_hours.calls) AS bigint) FROM usage_hours \
         JOIN applications ON applications.id = usage_hours.application_id \
         WHERE applications.consumer_id = consumers.id AND usage_hours.hour >=",
    );
    find.value(month)
        .then("), 0) AS calls_30d FROM consumers WHERE")
}

impl Sight {
    /// The consumers, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consumers(
        &self,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<ConsumerRow>, StoreError> {
        let after = page.after().map(str::to_owned);
        let find = find(now).then("TRUE").maybe("AND name_folded >", after);
        let find = find.then("ORDER BY name_folded LIMIT").value(page.fetch());
        let rows: Vec<ConsumerRow> = find.all(&self.database).await?;
        Ok(page.cut(rows, |row| row.name_folded.clone()))
    }

    /// One consumer.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn consumer(
        &self,
        consumer: &ConsumerHandle,
        now: Timestamp,
    ) -> Result<ConsumerPage, StoreError> {
        let find = match consumer {
            ConsumerHandle::Id(id) => find(now).then("id =").value(id.uuid()),
            ConsumerHandle::Name(name) => find(now).then("name_folded =").value(name.folded()),
        };
        let consumer: ConsumerRow = find
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let items = self.applications_of(consumer.id, now).await?;
        Ok(ConsumerPage { consumer, items })
    }
}
