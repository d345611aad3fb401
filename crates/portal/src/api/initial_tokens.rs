//! Initial access tokens: minted and shown once, listed without their text, revoked. With one, programs register themselves as
//! applications of a consumer (RFC 7591).

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    client::{AuthMethod, Ceiling, Grant, InitialTokenWish, Senders},
    handle::ConsumerHandle,
    id::InitialTokenId,
    operation::Scope,
    text::{Name, Reason},
    time::Timestamp,
};
use gatewright_keys::IssuedInitialToken;
use gatewright_store::views::{initial_tokens::InitialTokenRow, page::Paged};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made_secretly, shown},
        clients::read,
        slice::{Slice, paged},
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// How long one lives when nothing is said: a day.
const DAY: u64 = 86_400;

/// An initial access token to mint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInitialToken {
    /// What people call it.
    name: Name,
    /// How many applications are registered with it at most: from 1 to 10000, one when nothing is said.
    max_registrations: Option<u32>,
    /// How long it lives, in seconds: from one minute to 366 days, a day when nothing is said.
    lifetime_s: Option<u64>,
    /// The grants that what is registered may have: `client_credentials`, `authorization_code` and `refresh_token` when nothing
    /// is said.
    grants: Option<BTreeSet<String>>,
    /// The methods of which it chooses one: `client_secret_basic`, `private_key_jwt` and `none` when nothing is said.
    auth_methods: Option<BTreeSet<String>>,
    /// The scopes that it may have; those of its subscriptions when nothing is said.
    scopes: Option<BTreeSet<Scope>>,
    /// Whether it must show a key when it asks for tokens, to which they are bound (DPoP).
    #[serde(default)]
    require_dpop: bool,
}

/// A fresh initial access token. Its text is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownInitialToken<'a> {
    /// Its id.
    id: InitialTokenId,
    /// What programs register themselves with, as `Authorization: Bearer`.
    initial_access_token: &'a str,
    /// Its first characters, by which it is listed.
    hint: &'a str,
    /// Where they register; nothing where the setting `client_registration` is off.
    registration_endpoint: Option<String>,
    /// When it ends.
    expires_at: Timestamp,
    /// How many applications are registered with it at most.
    max_registrations: u32,
}

/// Why an initial access token is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InitialTokenRevocation {
    /// Why, for the trail.
    reason: Option<Reason>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/consumers/{consumer}/initial-tokens")
                .get(list)
                .post(issue),
        )
        .service(web::resource("/initial-tokens/{initial_token}").get(show))
        .service(web::resource("/initial-tokens/{initial_token}/revoke").post(revoke));
}

/// List the initial access tokens of a consumer
#[utoipa::path(get, path = "/api/v1/consumers/{consumer}/initial-tokens", tag = "Registration",
    params(("consumer" = ConsumerHandle, Path), Slice),
    responses((status = 200, body = Paged<InitialTokenRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    consumer: Path<ConsumerHandle>,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = slice.page()?;
    let sight = app.reader.as_seen_by(&by.caller);
    let consumer = sight.find_consumer(&consumer).await?;
    let tokens = sight.initial_tokens(consumer.id, &page, app.now()).await?;
    Ok(paged(&request, "cursor", &tokens))
}

/// Mint a token with which programs register themselves; its text is shown in this answer only
#[utoipa::path(post, path = "/api/v1/consumers/{consumer}/initial-tokens", tag = "Registration",
    request_body = NewInitialToken, params(("consumer" = ConsumerHandle, Path)),
    responses((status = 201, body = ShownInitialToken<'_>)))]
pub(super) async fn issue(
    app: Data<App>,
    by: Bearer,
    consumer: Path<ConsumerHandle>,
    Body(asked): Body<NewInitialToken>,
) -> Result<HttpResponse, Problem> {
    let wish = wish(asked)?;
    let issued = app.keys.issue_initial_token(&by.caller, &consumer, wish);
    let IssuedInitialToken { token, text } = issued.await?;
    let text = text.expose_once();
    let shown = ShownInitialToken {
        id: token.id,
        initial_access_token: &text,
        hint: &token.hint,
        registration_endpoint: app.registration_endpoint(),
        expires_at: token.expires,
        max_registrations: token.most,
    };
    let place = format!("/initial-tokens/{}", token.id);
    Ok(made_secretly(place, &shown))
}

fn wish(asked: NewInitialToken) -> Result<InitialTokenWish, Problem> {
    let NewInitialToken {
        name,
        max_registrations,
        lifetime_s,
        grants,
        auth_methods,
        scopes,
        require_dpop,
    } = asked;
    let usual = Ceiling::default();
    let grants = grants.map(|words| read::<Grant>("/grants", &words));
    let methods = auth_methods.map(|words| read::<AuthMethod>("/auth_methods", &words));
    Ok(InitialTokenWish {
        name,
        ceiling: Ceiling {
            grants: grants.transpose()?.unwrap_or(usual.grants),
            methods: methods.transpose()?.unwrap_or(usual.methods),
            scopes,
            senders: match require_dpop {
                true => Senders::Holders,
                false => Senders::Anybody,
            },
        },
        lifetime: Duration::from_secs(lifetime_s.unwrap_or(DAY)),
        most: max_registrations.unwrap_or(1),
    })
}

/// Show an initial access token without its text
#[utoipa::path(get, path = "/api/v1/initial-tokens/{initial_token}", tag = "Registration",
    params(("initial_token" = InitialTokenId, Path)), responses((status = 200, body = InitialTokenRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<InitialTokenId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let token = sight.initial_token(*id, app.now()).await?;
    Ok(shown(&token, token.revision))
}

/// Let no more programs register with a token; those that did stay
#[utoipa::path(post, path = "/api/v1/initial-tokens/{initial_token}/revoke", tag = "Registration",
    request_body = InitialTokenRevocation,
    params(("initial_token" = InitialTokenId, Path)), responses((status = 200, body = InitialTokenRow)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    id: Path<InitialTokenId>,
    Body(InitialTokenRevocation { reason }): Body<InitialTokenRevocation>,
) -> Result<HttpResponse, Problem> {
    app.keys
        .revoke_initial_token(&by.caller, *id, reason)
        .await?;
    let sight = app.reader.as_seen_by(&by.caller);
    let token = sight.initial_token(*id, app.now()).await?;
    Ok(shown(&token, token.revision))
}
