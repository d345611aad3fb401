//! Applications: in lists, and with their subscriptions and tokens.

use gatewright_domain::{
    consumer::ClientId,
    handle::ApplicationHandle,
    id::{ApplicationId, ConsumerId},
    revision::Revision,
    time::Timestamp,
};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::{
    error::StoreError,
    views::{
        Sight, Sql,
        page::{Page, Paged},
        subscriptions::SubscriptionRow,
        tokens::TokenRow,
    },
};

/// An application in a list.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationRow {
    /// Its id.
    pub id: ApplicationId,
    /// Its public name in tokens.
    pub client_id: ClientId,
    /// Its name.
    pub name: String,
    /// Its consumer's name.
    pub consumer: String,
    /// Its consumer's id.
    pub consumer_id: ConsumerId,
    /// Open subscriptions.
    pub subscriptions: i64,
    /// Tokens that live now.
    pub live_tokens: i64,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Tokens issued before this moment are refused.
    pub not_before: Option<Timestamp>,
    /// Since when it is disabled.
    pub disabled_at: Option<Timestamp>,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

/// An application with its rights and tokens.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationPage {
    /// The application itself.
    #[serde(flatten)]
    pub application: ApplicationRow,
    /// Its subscriptions, the newest first.
    pub rights: Vec<SubscriptionRow>,
    /// Its latest tokens, the newest first.
    pub tokens: Vec<TokenRow>,
}

#[derive(FromQueryResult)]
struct Row {
    id: ApplicationId,
    name: String,
    consumer: String,
    consumer_id: ConsumerId,
    subscriptions: i64,
    live_tokens: i64,
    registered_at: Timestamp,
    not_before: Option<Timestamp>,
    disabled_at: Option<Timestamp>,
    revision: Revision,
}

const FIND: &str = "SELECT applications.id, applications.name, consumers.name AS consumer, applications.consumer_id, \
    applications.registered_at, applications.not_before, applications.disabled_at, applications.revision, \
    (SELECT COUNT(*) FROM subscriptions WHERE subscriptions.application_id = applications.id \
        AND subscriptions.status <> 'closed') AS subscriptions, \
    (SELECT COUNT(*) FROM tokens WHERE tokens.application_id = applications.id AND tokens.revoked_at IS NULL \
        AND tokens.issued_at >= COALESCE(applications.not_before, 0) AND tokens.expires_at >";
const FROM: &str = ") AS live_tokens FROM applications JOIN consumers ON consumers.id = applications.consumer_id WHERE";

impl Sight {
    /// The applications of all consumers, the newest first.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn applications(
        &self,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<ApplicationRow>, StoreError> {
        let after = page
            .after()
            .map(str::parse::<ApplicationId>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(FIND).value(now.millis()).then(FROM).then("TRUE");
        let find = find.maybe("AND applications.id <", after.map(ApplicationId::uuid));
        let find = find
            .then("ORDER BY applications.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        Ok(page.cut(rows.into_iter().map(Row::shown).collect(), |row| {
            row.id.to_string()
        }))
    }

    /// The applications of a consumer, by name.
    pub(crate) async fn applications_of(
        &self,
        consumer: ConsumerId,
        now: Timestamp,
    ) -> Result<Vec<ApplicationRow>, StoreError> {
        let find = Sql::new(FIND)
            .value(now.millis())
            .then(FROM)
            .then("applications.consumer_id =");
        let find = find
            .value(consumer.uuid())
            .then("ORDER BY applications.name_folded LIMIT 100");
        let rows: Vec<Row> = find.all(&self.database).await?;
        Ok(rows.into_iter().map(Row::shown).collect())
    }

    /// One application.
    ///
    /// # Errors
    /// `NotFound`; `Ambiguous` for a name that several consumers use.
    pub async fn application(
        &self,
        application: &ApplicationHandle,
        now: Timestamp,
    ) -> Result<ApplicationPage, StoreError> {
        let find = Sql::new(FIND).value(now.millis()).then(FROM);
        let find = match application {
            ApplicationHandle::Id(id) => find.then("applications.id =").value(id.uuid()),
            ApplicationHandle::Name(name) => {
                find.then("applications.name_folded =").value(name.folded())
            }
        };
        let mut rows: Vec<Row> = find.then("LIMIT 2").all(&self.database).await?;
        let row = rows.pop().ok_or(StoreError::NotFound)?;
        if !rows.is_empty() {
            return Err(StoreError::Ambiguous);
        }
        let rights = self.subscriptions_of(row.id).await?;
        let tokens = self.tokens(row.id, &Page::first(), now).await?.items;
        Ok(ApplicationPage {
            application: row.shown(),
            rights,
            tokens,
        })
    }
}

impl Row {
    fn shown(self) -> ApplicationRow {
        let Self {
            id,
            name,
            consumer,
            consumer_id,
            subscriptions,
            live_tokens,
            registered_at,
            not_before,
            disabled_at,
            revision,
        } = self;
        ApplicationRow {
            client_id: ClientId::of(id),
            id,
            name,
            consumer,
            consumer_id,
            subscriptions,
            live_tokens,
            registered_at,
            not_before,
            disabled_at,
            revision,
        }
    }
}
