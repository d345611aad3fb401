//! Revocations: every kind in one place, with the receipts of the gateways.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::{
    revocation::{EVERYTHING, RevocationKind},
    text::Reason,
};
use gatewright_store::views::{page::Paged, revocations::RevocationRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::{
        receipts::{self, Receipts},
        slice::{page, paged},
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// Which revocations; all of them when nothing is said.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many items at most: 1 to 100, 50 when nothing is said.
    limit: Option<u32>,
    /// Only those of this kind.
    kind: Option<RevocationKind>,
}

/// What is to be refused from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRevocation {
    /// What it is of: `token`, `session`, `application`, `subscription`, `consumer`, `version`, `issuer` or `key`.
    kind: RevocationKind,
    /// Which one: a token's id or `jti`, a `sid`, a name or id, `api/version`, a `kid`. For the issuer: `*`.
    #[serde(default = "everything")]
    key: String,
    /// Why, for the trail.
    reason: Reason,
}

/// What is refused now, and which gateways refuse it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Revoked {
    /// What it is of.
    kind: RevocationKind,
    /// Which one, as it was named.
    key: String,
    /// The revision from which on gateways enforce it.
    revision: u64,
    #[serde(flatten)]
    receipts: Receipts,
}

fn everything() -> String {
    EVERYTHING.to_owned()
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/revocations").get(list).post(revoke));
}

/// List revocations, the newest first, each with the receipts of the gateways
#[utoipa::path(get, path = "/api/v1/revocations", tag = "Tokens", params(Asked),
    responses((status = 200, body = Paged<RevocationRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    Query(asked): Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let page = page(asked.cursor, asked.limit)?;
    let sight = app.reader.as_seen_by(&by.caller);
    let revocations = sight.revocations(asked.kind, &page).await?;
    Ok(paged(&request, "cursor", &revocations))
}

/// Revoke at one stroke, and say which gateways enforce it
#[utoipa::path(post, path = "/api/v1/revocations", tag = "Tokens", request_body = NewRevocation,
    responses((status = 200, body = Revoked)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    Body(NewRevocation { kind, key, reason }): Body<NewRevocation>,
) -> Result<HttpResponse, Problem> {
    let revision = app
        .keys
        .revoke_named(&by.caller, kind, &key, reason)
        .await?;
    let receipts = receipts::of(&app, revision).await?;
    Ok(HttpResponse::Ok().json(Revoked {
        kind,
        key,
        revision,
        receipts,
    }))
}
