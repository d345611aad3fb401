//! API keys of an application: what is known of them, never their text.

use std::collections::BTreeMap;

use gatewright_domain::{
    id::{ApiKeyId, ApplicationId},
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

/// An API key.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// What people call it.
    pub name: String,
    /// Its first characters.
    pub hint: String,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// The application's name.
    pub application: String,
    /// The versions it is for, as `api/version`.
    pub versions: Vec<String>,
    /// The scopes it carries.
    pub scopes: Vec<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends, if it does by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked, alone or with everything else of the application.
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
    id: ApiKeyId,
    name: String,
    hint: String,
    application_id: ApplicationId,
    application: String,
    scopes: sea_orm::JsonValue,
    issued_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revision: Revision,
}

#[derive(FromQueryResult)]
struct Audience {
    api_key_id: ApiKeyId,
    api: String,
    number: i64,
}

const FIND: &str = "SELECT api_keys.id, api_keys.name, api_keys.hint, api_keys.application_id, \
    applications.name AS application, api_keys.scopes, api_keys.issued_at, api_keys.expires_at, api_keys.revoked_at, \
    applications.not_before, api_keys.last_used_at, api_keys.revision FROM api_keys \
    JOIN applications ON applications.id = api_keys.application_id WHERE EXISTS (SELECT 1 FROM api_key_versions \
    JOIN versions ON versions.id = api_key_versions.version_id JOIN apis ON apis.id = versions.api_id \
    WHERE api_key_versions.api_key_id = api_keys.id AND";

impl Sight {
    /// The API keys of an application that are for versions this caller sees, the newest first.
    ///
    /// # Errors
    /// `NotFound` for a cursor that is not an id.
    pub async fn api_keys(
        &self,
        application: ApplicationId,
        page: &Page,
        now: Timestamp,
    ) -> Result<Paged<ApiKeyRow>, StoreError> {
        let after = page
            .after()
            .map(str::parse::<ApiKeyId>)
            .transpose()
            .map_err(|_| StoreError::NotFound)?;
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .then(") AND api_keys.application_id =");
        let find = find
            .value(application.uuid())
            .maybe("AND api_keys.id <", after.map(ApiKeyId::uuid));
        let find = find
            .then("ORDER BY api_keys.id DESC LIMIT")
            .value(page.fetch());
        let rows: Vec<Row> = find.all(&self.database).await?;
        let keys = rows.iter().map(|row| row.id).collect();
        let audiences = self.audiences_of_keys(keys).await?;
        let shown: Result<Vec<ApiKeyRow>, StoreError> = rows
            .into_iter()
            .map(|row| row.shown(&audiences, now))
            .collect();
        Ok(page.cut(shown?, |row| row.id.to_string()))
    }

    /// One API key.
    ///
    /// # Errors
    /// `NotFound` when there is none, or not for this caller.
    pub async fn api_key(&self, id: ApiKeyId, now: Timestamp) -> Result<ApiKeyRow, StoreError> {
        let find = Sql::new(FIND)
            .within("apis.team_id", &self.horizon)
            .then(") AND api_keys.id =");
        let row: Row = find
            .value(id.uuid())
            .one(&self.database)
            .await?
            .ok_or(StoreError::NotFound)?;
        let audiences = self.audiences_of_keys(vec![id]).await?;
        row.shown(&audiences, now)
    }

    async fn audiences_of_keys(
        &self,
        keys: Vec<ApiKeyId>,
    ) -> Result<BTreeMap<ApiKeyId, Vec<String>>, StoreError> {
        let mut audiences: BTreeMap<ApiKeyId, Vec<String>> = BTreeMap::new();
        if keys.is_empty() {
            return Ok(audiences);
        }
        let mut find = Sql::new(
            "SELECT api_key_versions.api_key_id, apis.name AS api, versions.number FROM api_key_versions \
             JOIN versions ON versions.id = api_key_versions.version_id JOIN apis ON apis.id = versions.api_id \
             WHERE api_key_versions.api_key_id IN (",
        );
        for (index, key) in keys.into_iter().enumerate() {
            find = if index == 0 { find } else { find.then(",") }.value(key.uuid());
        }
        let rows: Vec<Audience> = find
            .then(") ORDER BY apis.name, versions.number")
            .all(&self.database)
            .await?;
        for Audience {
            api_key_id,
            api,
            number: major,
        } in rows
        {
            let place = format!("{api}/{}", number(major));
            audiences.entry(api_key_id).or_default().push(place);
        }
        Ok(audiences)
    }
}

impl Row {
    fn shown(
        self,
        audiences: &BTreeMap<ApiKeyId, Vec<String>>,
        now: Timestamp,
    ) -> Result<ApiKeyRow, StoreError> {
        let Self {
            id,
            name,
            hint,
            application_id,
            application,
            scopes,
            issued_at,
            expires_at,
            revoked_at,
            not_before,
            last_used_at,
            revision,
        } = self;
        let corrupt = |_| StoreError::Corrupt {
            table: "api_keys",
            column: "scopes",
            row: id.to_string(),
        };
        let watermark = not_before.filter(|watermark| issued_at < *watermark);
        let revoked_at = revoked_at.or(watermark);
        let status = match (revoked_at, expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(end)) if end <= now => "expired",
            (None, _) => "live",
        };
        Ok(ApiKeyRow {
            versions: audiences.get(&id).cloned().unwrap_or_default(),
            scopes: serde_json::from_value(scopes).map_err(corrupt)?,
            id,
            name,
            hint,
            application_id,
            application,
            issued_at,
            expires_at,
            revoked_at,
            status,
            last_used_at,
            revision,
        })
    }
}
