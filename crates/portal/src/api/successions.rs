//! Replacing a token: a new one now, and the end of the old one when the overlap is over.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    id::TokenId, operation::Scope, plan::Lifetime, succession::Replacement, time::Timestamp,
    token::Jti,
};
use gatewright_keys::IssuedToken;
use gatewright_store::views::successions::Lineage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::answer::{made_secretly, shown},
    web::{app::App, body::Body, caller::Bearer, problem::Problem},
};

/// How a token is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReplacement {
    /// The scopes of the new token, of those the old one carries. Left out: all of them.
    #[schema(value_type = Option<Vec<String>>)]
    scopes: Option<BTreeSet<Scope>>,
    /// How long the new token lives, in seconds. Left out: as long as the old one was to live.
    lifetime_s: Option<u64>,
    /// How long the old token goes on, in seconds; at most 30 days. With 0 it ends now.
    overlap_s: u64,
}

/// The token that takes the place of another. Its text is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct Successor<'a> {
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

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/tokens/{token}/replace").post(replace))
        .service(web::resource("/tokens/{token}/lineage").get(lineage));
}

/// Replace a token; the new one is shown in this answer only, the old one goes on for a while
#[utoipa::path(post, path = "/api/v1/tokens/{token}/replace", tag = "Tokens", request_body = NewReplacement,
    params(("token" = TokenId, Path)), responses((status = 201, body = Successor<'_>)))]
pub(super) async fn replace(
    app: Data<App>,
    by: Bearer,
    id: Path<TokenId>,
    Body(NewReplacement {
        scopes,
        lifetime_s,
        overlap_s,
    }): Body<NewReplacement>,
) -> Result<HttpResponse, Problem> {
    let lifetime = lifetime_s.map(Lifetime::try_from).transpose();
    let replacement = Replacement {
        scopes,
        lifetime: lifetime.map_err(|error| Problem::field("/lifetime_s", error))?,
        overlap: Duration::from_secs(overlap_s),
    };
    let IssuedToken { token, text } = app.keys.replace(&by.caller, *id, replacement).await?;
    let text = text.expose_once();
    let successor = Successor {
        id: token.id(),
        token: &text,
        jti: token.jti(),
        expires_at: token.expires(),
        scopes: token.scopes(),
        versions: token.versions().iter().map(ToString::to_string).collect(),
    };
    Ok(made_secretly(
        format_args!("/tokens/{}", token.id()),
        &successor,
    ))
}

/// Show which token this one has taken the place of, and which has taken its place
#[utoipa::path(get, path = "/api/v1/tokens/{token}/lineage", tag = "Tokens",
    params(("token" = TokenId, Path)), responses((status = 200, body = Lineage)))]
pub(super) async fn lineage(
    app: Data<App>,
    by: Bearer,
    id: Path<TokenId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let token = sight.token(*id, app.now()).await?;
    let lineage = sight.lineage(token.id).await?;
    Ok(shown(&lineage, token.revision))
}
