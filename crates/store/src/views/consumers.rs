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

const FIND: &str = "SELECT id, name, name_folded, registered_at, revision, (SELECT COUNT(*) FROM applications \
    WHERE applications.consumer_id = consumers.id) AS applications FROM consumers WHERE";

impl Sight {
    /// The consumers, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consumers(&self, page: &Page) -> Result<Paged<ConsumerRow>, StoreError> {
        let after = page.after().map(str::to_owned);
        let find = Sql::new(FIND)
            .then("TRUE")
            .maybe("AND name_folded >", after);
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
            ConsumerHandle::Id(id) => Sql::new(FIND).then("id =").value(id.uuid()),
            ConsumerHandle::Name(name) => Sql::new(FIND).then("name_folded =").value(name.folded()),
        };
        let consumer: ConsumerRow = find
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let items = self.applications_of(consumer.id, now).await?;
        Ok(ConsumerPage { consumer, items })
    }
}
