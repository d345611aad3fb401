//! API keys: issued and shown once, listed without their text, revoked with receipts.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    api_key::ApiKeyWish,
    handle::ApplicationHandle,
    id::ApiKeyId,
    operation::Scope,
    text::{Name, ScopeName},
    time::Timestamp,
};
use gatewright_keys::IssuedApiKey;
use gatewright_store::views::{api_keys::ApiKeyRow, page::Paged};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made_secretly, shown},
        receipts::{self, Receipts},
        scopes::{carried, whole},
        slice::{Slice, paged},
        tokens::Revocation,
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// An API key to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewApiKey {
    /// What people call it.
    name: Name,
    /// What it opens, written as for a token. Without any, only operations that require none.
    #[serde(default)]
    scopes: BTreeSet<ScopeName>,
    /// How long it lives, in seconds: from one minute to ten years. Left out, it lives until it is revoked.
    lifetime_s: Option<u64>,
}

/// A fresh API key. Its text is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownApiKey<'a> {
    /// Its id.
    id: ApiKeyId,
    /// What the application sends as `Authorization: Bearer`.
    api_key: &'a str,
    /// Its first characters, by which it is listed.
    hint: &'a str,
    /// When it ends, if it does by itself.
    expires_at: Option<Timestamp>,
    /// What it opens.
    scopes: &'a BTreeSet<Scope>,
    /// The versions it is for, as `api/version`.
    versions: Vec<String>,
}

/// A revoked API key, and which gateways refuse it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevokedApiKey {
    #[serde(flatten)]
    api_key: ApiKeyRow,
    #[serde(flatten)]
    receipts: Receipts,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/applications/{application}/api-keys")
                .get(list)
                .post(issue),
        )
        .service(web::resource("/api-keys/{key}").get(show))
        .service(web::resource("/api-keys/{key}/revoke").post(revoke));
}

/// List the API keys of an application
#[utoipa::path(get, path = "/api/v1/applications/{application}/api-keys", tag = "API keys",
    params(("application" = ApplicationHandle, Path), Slice),
    responses((status = 200, body = Paged<ApiKeyRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let sight = app.reader.as_seen_by(&by.caller);
    let application = sight.find_application(&application).await?;
    let keys = sight.api_keys(application.id, &page, app.now()).await?;
    Ok(paged(&request, "cursor", &keys))
}

/// Issue an API key; its text is shown in this answer only
#[utoipa::path(post, path = "/api/v1/applications/{application}/api-keys", tag = "API keys",
    request_body = NewApiKey, params(("application" = ApplicationHandle, Path)),
    responses((status = 201, body = ShownApiKey<'_>)))]
pub(super) async fn issue(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Body(NewApiKey {
        name,
        scopes,
        lifetime_s,
    }): Body<NewApiKey>,
) -> Result<HttpResponse, Problem> {
    let scopes = match whole(&scopes) {
        Some(scopes) => scopes,
        None => {
            let sight = app.reader.as_seen_by(&by.caller);
            let owner = sight.find_application(&application).await?;
            carried(scopes, &sight.subscriptions_of(owner.id, app.now()).await?)?
        }
    };
    let wish = ApiKeyWish {
        name,
        scopes,
        lifetime: lifetime_s.map(Duration::from_secs),
    };
    let issued = app.keys.issue_api_key(&by.caller, &application, wish).await;
    let IssuedApiKey { key, text } = issued?;
    let text = text.expose_once();
    let shown = ShownApiKey {
        id: key.id,
        api_key: &text,
        hint: &key.hint,
        expires_at: key.expires,
        scopes: &key.scopes,
        versions: key.versions.iter().map(ToString::to_string).collect(),
    };
    Ok(made_secretly(format_args!("/api-keys/{}", key.id), &shown))
}

/// Show an API key without its text
#[utoipa::path(get, path = "/api/v1/api-keys/{key}", tag = "API keys",
    params(("key" = ApiKeyId, Path)), responses((status = 200, body = ApiKeyRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<ApiKeyId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let key = sight.api_key(*id, app.now()).await?;
    Ok(shown(&key, key.revision))
}

/// Revoke an API key, and say which gateways refuse it
#[utoipa::path(post, path = "/api/v1/api-keys/{key}/revoke", tag = "API keys", request_body = Revocation,
    params(("key" = ApiKeyId, Path)), responses((status = 200, body = RevokedApiKey)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    id: Path<ApiKeyId>,
    Body(Revocation { reason }): Body<Revocation>,
) -> Result<HttpResponse, Problem> {
    let revoked = app.keys.revoke_api_key(&by.caller, *id, reason).await?;
    let receipts = receipts::of(&app, revoked.revision).await?;
    let sight = app.reader.as_seen_by(&by.caller);
    let api_key = sight.api_key(*id, app.now()).await?;
    let revision = api_key.revision;
    Ok(shown(&RevokedApiKey { api_key, receipts }, revision))
}
