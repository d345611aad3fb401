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
        apis::number,
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
    /// The versions it is subscribed to, as `api/version`.
    pub versions: Vec<String>,
    /// Tokens that live now.
    pub live_tokens: i64,
    /// Calls in the last 30 days.
    pub calls_30d: i64,
    /// The hour of the last call.
    pub last_call: Option<Timestamp>,
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
    /// Its calls on each of the last 30 days, the oldest first.
    pub trend: Vec<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    id: ApplicationId,
    name: String,
    consumer: String,
    consumer_id: ConsumerId,
    subscriptions: i64,
    live_tokens: i64,
    calls_30d: i64,
    last_call: Option<Timestamp>,
    registered_at: Timestamp,
    not_before: Option<Timestamp>,
    disabled_at: Option<Timestamp>,
    revision: Revision,
}

#[derive(FromQueryResult)]
struct Place {
    application_id: ApplicationId,
    api: String,
    number: i64,
}

#[derive(FromQueryResult)]
struct Day {
    day: i64,
    calls: i64,
}

/// The columns of an application; the two moments are now and 30 days ago.
fn find(now: Timestamp) -> Sql {
    let find = Sql::new(
        "SELECT applications.id, applications.name, consumers.name AS consumer, applications.consumer_id, \
         applications.registered_at, applications.not_before, applications.disabled_at, applications.revision, \
         (SELECT COUNT(*) FROM subscriptions WHERE subscriptions.application_id = applications.id \
         AND subscriptions.status <> 'closed') AS subscriptions, (SELECT COUNT(*) FROM tokens \
         WHERE tokens.application_id = applications.id AND tokens.revoked_at IS NULL \
         AND tokens.issued_at >= COALESCE(applications.not_before, 0) AND tokens.expires_at >",
    );
    let find = find.value(now.millis()).then(
        ") AS live_tokens, (SELECT MAX(usage_hours.hour) FROM usage_hours \
         WHERE usage_hours.application_id = applications.id) AS last_call, \
         COALESCE((SELECT CAST(SUM(usage_hours.calls) AS bigint) FROM usage_hours \
         WHERE usage_hours.application_id = applications.id AND usage_hours.hour >=",
    );
    let month = now
        .minus(std::time::Duration::from_secs(30 * 86_400))
        .millis();
    find.value(month).then(
        "), 0) AS calls_30d FROM applications JOIN consumers ON consumers.id = applications.consumer_id WHERE",
    )
}

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
        let find = find(now).then("TRUE");
        let find = find.maybe("AND applications.id <", after.map(ApplicationId::uuid));
        let find = find
            .then("ORDER BY applications.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let places = self.places().await?;
        Ok(page.cut(
            rows.into_iter().map(|row| row.shown(&places)).collect(),
            |row| row.id.to_string(),
        ))
    }

    /// The applications of a consumer, by name.
    pub(crate) async fn applications_of(
        &self,
        consumer: ConsumerId,
        now: Timestamp,
    ) -> Result<Vec<ApplicationRow>, StoreError> {
        let find = find(now).then("applications.consumer_id =");
        let find = find
            .value(consumer.uuid())
            .then("ORDER BY applications.name_folded LIMIT 100");
        let rows: Vec<Row> = find.all(&self.database).await?;
        let places = self.places().await?;
        Ok(rows.into_iter().map(|row| row.shown(&places)).collect())
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
        let find = find(now);
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
        let rights = self.subscriptions_of(row.id, now).await?;
        let tokens = self.tokens(row.id, &Page::first(), now).await?.items;
        let trend = self.trend_of(row.id, now).await?;
        let application = row.shown(&self.places().await?);
        Ok(ApplicationPage {
            application,
            rights,
            tokens,
            trend,
        })
    }

    /// Which versions applications are subscribed to, of those this caller sees.
    async fn places(&self) -> Result<Vec<Place>, StoreError> {
        let find = Sql::new(
            "SELECT subscriptions.application_id, apis.name AS api, versions.number FROM subscriptions \
             JOIN versions ON versions.id = subscriptions.version_id JOIN apis ON apis.id = versions.api_id \
             WHERE subscriptions.status <> 'closed' AND",
        );
        let find = find
            .within("apis.team_id", &self.horizon)
            .then("ORDER BY apis.name, versions.number");
        find.all(&self.database).await
    }

    async fn trend_of(
        &self,
        application: ApplicationId,
        now: Timestamp,
    ) -> Result<Vec<i64>, StoreError> {
        let span = |days: u64| std::time::Duration::from_secs(days * 86_400);
        let find = Sql::new(
            "SELECT hour / 86400000 AS day, CAST(SUM(calls) AS bigint) AS calls FROM usage_hours \
             WHERE application_id =",
        );
        let find = find
            .value(application.uuid())
            .then("AND hour >=")
            .value(now.day().minus(span(29)).millis());
        let days: Vec<Day> = find
            .then("GROUP BY hour / 86400000")
            .all(&self.database)
            .await?;
        let calls = |back: u64| {
            let day = now.day().minus(span(back)).millis() / 86_400_000;
            days.iter()
                .find(|row| row.day == day)
                .map_or(0, |row| row.calls)
        };
        Ok((0..30).rev().map(calls).collect())
    }
}

impl Row {
    fn shown(self, places: &[Place]) -> ApplicationRow {
        let Self {
            id,
            name,
            consumer,
            consumer_id,
            subscriptions,
            live_tokens,
            calls_30d,
            last_call,
            registered_at,
            not_before,
            disabled_at,
            revision,
        } = self;
        ApplicationRow {
            client_id: ClientId::of(id),
            versions: places
                .iter()
                .filter(|place| place.application_id == id)
                .map(|place| format!("{}/{}", place.api, number(place.number)))
                .collect(),
            id,
            name,
            consumer,
            consumer_id,
            subscriptions,
            live_tokens,
            calls_30d,
            last_call,
            registered_at,
            not_before,
            disabled_at,
            revision,
        }
    }
}
