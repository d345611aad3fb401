//! Tokens of an application: what is known of them, never their text.

use std::collections::BTreeMap;

use gatewright_domain::{
    id::{ApplicationId, TokenId},
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
    },
};

/// A token.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// The name it carries.
    pub jti: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// The application's name.
    pub application: String,
    /// The key that signed it.
    pub kid: String,
    /// The versions it is for, as `api/version`.
    pub versions: Vec<String>,
    /// The scopes it carries.
    pub scopes: Vec<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked, alone or with all others of the application.
    pub revoked_at: Option<Timestamp>,
    /// `live`, `expired` or `revoked`.
    pub status: &'static str,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// How often it was written: its `ETag`.
    pub revision: Revision,
}

#[derive(FromQueryResult)]
struct Row {
    id: TokenId,
    jti: String,
    name: String,
    application_id: ApplicationId,
    application: String,
    kid: String,
    scopes: sea_orm::JsonValue,
    issued_at: Timestamp,
    expires_at: Timestamp,
    revoked_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revision: Revision,
}

#[derive(FromQueryResult)]
struct Audience {
    token_id: TokenId,
    api: String,
    number: i64,
}

const FIND: &str = "SELECT tokens.id, tokens.jti, tokens.name, tokens.application_id, applications.name AS application, \
    tokens.kid, tokens.scopes, tokens.issued_at, tokens.expires_at, tokens.revoked_at, applications.not_before, \
    tokens.last_used_at, tokens.revision FROM tokens \
    JOIN applications ON applications.id = tokens.application_id WHERE EXISTS (SELECT 1 FROM token_versions \
    JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id \
    WHERE token_versions.token_id = tokens.id AND";

impl Sight {
    /// The tokens of an application that are for versions this caller sees, the newest first.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn tokens(
        &self,
        application: ApplicationId,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<TokenRow>, StoreError> {
        let after = page
            .after()
            .map(str::parse::<TokenId>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .then(") AND tokens.application_id =");
        let find = find
            .value(application.uuid())
            .maybe("AND tokens.id <", after.map(TokenId::uuid));
        let find = find
            .then("ORDER BY tokens.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let audiences = self
            .audiences(rows.iter().map(|row| row.id).collect())
            .await?;
        let shown: Result<Vec<TokenRow>, StoreError> = rows
            .into_iter()
            .map(|row| row.shown(&audiences, now))
            .collect();
        Ok(page.cut(shown?, |row| row.id.to_string()))
    }

    /// One token.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn token(&self, id: TokenId, now: Timestamp) -> Result<TokenRow, StoreError> {
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .then(") AND tokens.id =");
        let row: Row = find
            .value(id.uuid())
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let audiences = self.audiences(vec![id]).await?;
        row.shown(&audiences, now)
    }

    async fn audiences(
        &self,
        tokens: Vec<TokenId>,
    ) -> Result<BTreeMap<TokenId, Vec<String>>, StoreError> {
        if tokens.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut find = Sql::new(
            "SELECT token_versions.token_id, apis.name AS api, versions.number FROM token_versions \
             JOIN versions ON versions.id = token_versions.version_id JOIN apis ON apis.id = versions.api_id \
             WHERE token_versions.token_id IN (",
        );
        for (index, token) in tokens.into_iter().enumerate() {
            find = if index == 0 { find } else { find.then(",") }.value(token.uuid());
        }
        let rows: Vec<Audience> = find
            .then(") ORDER BY apis.name, versions.number")
            .all(&self.database)
            .await?;
        let mut audiences: BTreeMap<TokenId, Vec<String>> = BTreeMap::new();
        for Audience {
            token_id,
            api,
            number: major,
        } in rows
        {
            audiences
                .entry(token_id)
                .or_default()
                .push(format!("{api}/{}", number(major)));
        }
        Ok(audiences)
    }
}

impl Row {
    fn shown(
        self,
        audiences: &BTreeMap<TokenId, Vec<String>>,
        now: Timestamp,
    ) -> Result<TokenRow, StoreError> {
        let Self {
            id,
            jti,
            name,
            application_id,
            application,
            kid,
            scopes,
            issued_at,
            expires_at,
            revoked_at,
            not_before,
            last_used_at,
            revision,
        } = self;
        let corrupt = |_| StoreError::Corrupt {
            table: "tokens",
            column: "scopes",
            row: id.to_string(),
        };
        let watermark = not_before.filter(|watermark| issued_at < *watermark);
        let revoked_at = revoked_at.or(watermark);
        let status = match revoked_at {
            Some(_) => "revoked",
            None if expires_at <= now => "expired",
            None => "live",
        };
        Ok(TokenRow {
            versions: audiences.get(&id).cloned().unwrap_or_default(),
            scopes: serde_json::from_value(scopes).map_err(corrupt)?,
            id,
            jti,
            name,
            application_id,
            application,
            kid,
            issued_at,
            expires_at,
            revoked_at,
            status,
            last_used_at,
            revision,
        })
    }
}
