//! Tokens: issued and shown once, listed without their text, revoked with receipts.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    handle::ApplicationHandle,
    id::TokenId,
    operation::Scope,
    plan::Lifetime,
    text::{Name, Reason, ScopeName},
    time::Timestamp,
    token::{Jti, TokenWish},
};
use gatewright_keys::IssuedToken;
use gatewright_store::views::{
    applications::ApplicationRow, page::Paged, token_uses::TokenDetail, tokens::TokenRow,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{made_secretly, shown},
        receipts::{self, Receipts},
        scopes::{carried, whole},
        slice::{Slice, paged},
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// A token to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What people call it.
    name: Name,
    /// What it opens: as tokens carry it (`orders:v1:read`), or as the contract names it (`read`) where only one subscribed
    /// version can be meant. Without any, only operations that require none.
    #[serde(default)]
    scopes: BTreeSet<ScopeName>,
    /// How long it lives, in seconds: at least 60, at most what the plan allows.
    lifetime_s: u64,
}

/// A fresh token. Its text is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownToken<'a> {
    /// Its id.
    id: TokenId,
    /// What the application sends as `Authorization: Bearer`.
    token: &'a str,
    /// Its name in the token itself.
    jti: &'a Jti,
    /// When it ends.
    expires_at: Timestamp,
    /// What it opens.
    scopes: &'a BTreeSet<Scope>,
    /// The versions it is for, as `api/version`.
    versions: Vec<String>,
}

/// Why something is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revocation {
    /// Why, for the trail.
    pub(super) reason: Option<Reason>,
}

/// A revoked token, and which gateways refuse it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevokedToken {
    #[serde(flatten)]
    token: TokenRow,
    #[serde(flatten)]
    receipts: Receipts,
}

/// An application whose tokens were revoked, and which gateways refuse them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RevokedTokens {
    #[serde(flatten)]
    application: ApplicationRow,
    #[serde(flatten)]
    receipts: Receipts,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/applications/{application}/tokens")
                .get(list)
                .post(issue),
        )
        .service(web::resource("/applications/{application}/revoke-all").post(revoke_all))
        .service(web::resource("/tokens/{token}").get(show))
        .service(web::resource("/tokens/{token}/revoke").post(revoke));
}

/// List the tokens of an application
#[utoipa::path(get, path = "/api/v1/applications/{application}/tokens", tag = "Tokens",
    params(("application" = ApplicationHandle, Path), Slice),
    responses((status = 200, body = Paged<TokenRow>)))]
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
    let tokens = sight.tokens(application.id, &page, app.now()).await?;
    Ok(paged(&request, "cursor", &tokens))
}

/// Issue a token; its text is shown in this answer only
#[utoipa::path(post, path = "/api/v1/applications/{application}/tokens", tag = "Tokens",
    request_body = NewToken, params(("application" = ApplicationHandle, Path)),
    responses((status = 201, body = ShownToken<'_>)))]
pub(super) async fn issue(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Body(NewToken {
        name,
        scopes,
        lifetime_s,
    }): Body<NewToken>,
) -> Result<HttpResponse, Problem> {
    let lifetime = Lifetime::try_from(lifetime_s);
    let lifetime = lifetime.map_err(|error| Problem::field("/lifetime_s", error))?;
    let scopes = match whole(&scopes) {
        Some(scopes) => scopes,
        None => {
            let sight = app.reader.as_seen_by(&by.caller);
            let owner = sight.find_application(&application).await?;
            carried(scopes, &sight.subscriptions_of(owner.id, app.now()).await?)?
        }
    };
    let wish = TokenWish {
        name,
        scopes,
        lifetime,
    };
    let IssuedToken { token, text } = app.keys.issue(&by.caller, &application, wish).await?;
    let text = text.expose_once();
    let shown = ShownToken {
        id: token.id(),
        token: &text,
        jti: token.jti(),
        expires_at: token.expires(),
        scopes: token.scopes(),
        versions: token.versions().iter().map(ToString::to_string).collect(),
    };
    Ok(made_secretly(
        format_args!("/tokens/{}", token.id()),
        &shown,
    ))
}

/// Show a token without its text: what it says, what it came of, and which of its scopes were needed
#[utoipa::path(get, path = "/api/v1/tokens/{token}", tag = "Tokens",
    params(("token" = TokenId, Path)), responses((status = 200, body = TokenDetail)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<TokenId>,
) -> Result<HttpResponse, Problem> {
    let token = app
        .reader
        .as_seen_by(&by.caller)
        .token_detail(*id, app.now())
        .await?;
    Ok(shown(&token, token.token.revision))
}

/// Revoke a token, and say which gateways refuse it
#[utoipa::path(post, path = "/api/v1/tokens/{token}/revoke", tag = "Tokens", request_body = Revocation,
    params(("token" = TokenId, Path)), responses((status = 200, body = RevokedToken)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    id: Path<TokenId>,
    Body(Revocation { reason }): Body<Revocation>,
) -> Result<HttpResponse, Problem> {
    let revoked = app.keys.revoke(&by.caller, *id, reason).await?;
    let receipts = receipts::of(&app, revoked.revision).await?;
    let token = app
        .reader
        .as_seen_by(&by.caller)
        .token(*id, app.now())
        .await?;
    let revision = token.revision;
    Ok(shown(&RevokedToken { token, receipts }, revision))
}

/// Revoke every token of an application that was issued so far
#[utoipa::path(post, path = "/api/v1/applications/{application}/revoke-all", tag = "Tokens",
    request_body = Revocation, params(("application" = ApplicationHandle, Path)),
    responses((status = 200, body = RevokedTokens)))]
pub(super) async fn revoke_all(
    app: Data<App>,
    by: Bearer,
    at: Path<ApplicationHandle>,
    Body(Revocation { reason }): Body<Revocation>,
) -> Result<HttpResponse, Problem> {
    let revoked = app.keys.revoke_all(&by.caller, &at, reason).await?;
    let receipts = receipts::of(&app, revoked.revision).await?;
    let page = app
        .reader
        .as_seen_by(&by.caller)
        .application(&at, app.now())
        .await?;
    let revision = page.application.revision;
    Ok(shown(
        &RevokedTokens {
            application: page.application,
            receipts,
        },
        revision,
    ))
}
