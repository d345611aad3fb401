//! The initial access tokens of a consumer: what is known of them, never their text.

use gatewright_domain::{
    id::{ConsumerId, InitialTokenId},
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
    },
};

/// An initial access token.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InitialTokenRow {
    /// Its id.
    pub id: InitialTokenId,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    /// The consumer whose applications are registered with it.
    pub consumer_id: ConsumerId,
    /// The consumer's name.
    pub consumer: String,
    /// The grants that what is registered with it may have.
    pub grants: Vec<String>,
    /// The methods of which it chooses one.
    pub auth_methods: Vec<String>,
    /// The scopes that it may have; nothing for those of its subscriptions.
    pub scopes: Option<Vec<String>>,
    /// Whether it must show a key when it asks for tokens (DPoP).
    pub require_dpop: bool,
    /// The operator who minted it; nobody by name at the terminal.
    pub issued_by: Option<String>,
    /// When it was minted.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// How many applications are registered with it at most.
    pub max_registrations: i64,
    /// How many were.
    pub registrations: i64,
    /// When the last one was.
    pub last_used_at: Option<Timestamp>,
    /// `live`, `used-up`, `expired` or `revoked`.
    pub status: &'static str,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

#[derive(FromQueryResult)]
struct Row {
    id: InitialTokenId,
    name: String,
    hint: String,
    consumer_id: ConsumerId,
    consumer: String,
    grants: sea_orm::JsonValue,
    methods: sea_orm::JsonValue,
    scopes: Option<sea_orm::JsonValue>,
    senders: String,
    issued_by: Option<String>,
    issued_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    most: i64,
    used: i64,
    last_used_at: Option<Timestamp>,
    revision: Revision,
}

const FIND: &str = "SELECT initial_tokens.id, initial_tokens.name, initial_tokens.hint, initial_tokens.consumer_id, \
    consumers.name AS consumer, initial_tokens.grants, initial_tokens.methods, initial_tokens.scopes, \
    initial_tokens.senders, operators.name AS issued_by, initial_tokens.issued_at, initial_tokens.expires_at, \
    initial_tokens.revoked_at, initial_tokens.most, initial_tokens.used, initial_tokens.last_used_at, \
    initial_tokens.revision FROM initial_tokens JOIN consumers ON consumers.id = initial_tokens.consumer_id \
    LEFT JOIN operators ON operators.id = initial_tokens.issuer_id WHERE";

impl Sight {
    /// The initial access tokens of a consumer, the newest first.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn initial_tokens(
        &self,
        consumer: ConsumerId,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<InitialTokenRow>, StoreError> {
        let after = page
            .after()
            .map(str::parse::<InitialTokenId>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(FIND)
            .then("initial_tokens.consumer_id =")
            .value(consumer.uuid())
            .maybe("AND initial_tokens.id <", after.map(InitialTokenId::uuid));
        let find = find
            .then("ORDER BY initial_tokens.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let shown: Result<Vec<InitialTokenRow>, StoreError> =
            rows.into_iter().map(|row| row.shown(now)).collect();
        Ok(page.cut(shown?, |row| row.id.to_string()))
    }

    /// One initial access token.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn initial_token(
        &self,
        id: InitialTokenId,
        now: Timestamp,
    ) -> Result<InitialTokenRow, StoreError> {
        let find = Sql::new(FIND).then("initial_tokens.id =").value(id.uuid());
        let row: Option<Row> = find.one(&self.database).await?;
        row.ok_or(StoreError::NotFound)?.shown(now)
    }
}

impl Row {
    fn shown(self, now: Timestamp) -> Result<InitialTokenRow, StoreError> {
        let Self {
            id,
            name,
            hint,
            consumer_id,
            consumer,
            grants,
            methods,
            scopes,
            senders,
            issued_by,
            issued_at,
            expires_at,
            revoked_at,
            most,
            used,
            last_used_at,
            revision,
        } = self;
        let corrupt = |column| {
            move |_| StoreError::Corrupt {
                table: "initial_tokens",
                column,
                row: id.to_string(),
            }
        };
        let status = match revoked_at {
            Some(_) => "revoked",
            None if expires_at <= now => "expired",
            None if most <= used => "used-up",
            None => "live",
        };
        Ok(InitialTokenRow {
            grants: serde_json::from_value(grants).map_err(corrupt("grants"))?,
            auth_methods: serde_json::from_value(methods).map_err(corrupt("methods"))?,
            scopes: scopes
                .map(serde_json::from_value)
                .transpose()
                .map_err(corrupt("scopes"))?,
            require_dpop: senders == "dpop",
            id,
            name,
            hint,
            consumer_id,
            consumer,
            issued_by,
            issued_at,
            expires_at,
            revoked_at,
            max_registrations: most,
            registrations: used,
            last_used_at,
            status,
            revision,
        })
    }
}
