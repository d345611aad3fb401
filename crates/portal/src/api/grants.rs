//! Grants that an application refreshes: begun by an operator, kept alive by the application, and ended by either.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    binding::Binding,
    consumer::ClientId,
    family::Family,
    handle::ApplicationHandle,
    id::FamilyId,
    operation::Scope,
    text::{Name, Reason},
    time::Timestamp,
};
use gatewright_keys::{BegunFamily, FamilyWish};
use gatewright_store::views::{
    grants::{GrantRow, GrantsOf},
    page::Paged,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::made_secretly,
        slice::{Slice, paged},
    },
    web::{app::App, body::Body, caller::Bearer, problem::Problem, query::Query},
};

/// A grant to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewGrant {
    /// What people will call it.
    #[schema(value_type = String)]
    name: Name,
    /// The scopes it carries, at least one; they say which versions it is for.
    scopes: BTreeSet<Scope>,
    /// The RFC 7638 thumbprint of the key whose holder alone may refresh (DPoP); anybody's when nothing is said.
    key: Option<String>,
}

/// A fresh grant. Its refresh token is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownGrant<'a> {
    /// The grant.
    #[serde(flatten)]
    grant: GrantView,
    /// What the application refreshes with, at the token endpoint.
    refresh_token: &'a str,
}

/// A grant as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct GrantView {
    /// Its id: the `sid` of its access tokens.
    id: String,
    /// What people call it.
    name: String,
    /// The client that holds it.
    client_id: ClientId,
    /// The scopes it carries.
    scopes: BTreeSet<Scope>,
    /// When it began.
    begun_at: Timestamp,
    /// When it ends if nobody refreshes it.
    idle_end: Timestamp,
    /// When it ends in any case.
    absolute_end: Timestamp,
    /// When it was revoked, if it was.
    revoked_at: Option<Timestamp>,
}

impl GrantView {
    fn of(family: &Family) -> Self {
        Self {
            id: family.id().to_string(),
            name: family.name().to_string(),
            client_id: ClientId::of(family.application()),
            scopes: family.scopes().clone(),
            begun_at: family.begun(),
            idle_end: family.idle_end(),
            absolute_end: family.absolute_end(),
            revoked_at: family.revoked(),
        }
    }
}

/// Why a grant is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantRevocation {
    /// Why, for the trail.
    reason: Option<Reason>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/applications/{application}/grants")
                .get(list)
                .post(begin),
        )
        .service(web::resource("/grants").get(own))
        .service(web::resource("/grants/{grant}").get(show))
        .service(web::resource("/grants/{grant}/revoke").post(revoke));
}

/// List the grants of an application
#[utoipa::path(get, path = "/api/v1/applications/{application}/grants", tag = "Applications",
    params(("application" = ApplicationHandle, Path), Slice),
    responses((status = 200, body = Paged<GrantRow>)))]
pub(super) async fn list(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (page, sight) = (slice.page()?, app.reader.as_seen_by(&by.caller));
    let application = sight.find_application(&application).await?;
    let of = GrantsOf::Application(application.id);
    let grants = sight.grants(of, &page, app.now()).await?;
    Ok(paged(&request, "cursor", &grants))
}

/// List the grants by which the caller allowed applications to act for them
#[utoipa::path(get, path = "/api/v1/grants", tag = "Applications", params(Slice),
    responses((status = 200, body = Paged<GrantRow>)))]
pub(super) async fn own(
    app: Data<App>,
    by: Bearer,
    Query(slice): Query<Slice>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (page, sight) = (slice.page()?, app.reader.as_seen_by(&by.caller));
    let of = GrantsOf::Person(by.operator);
    let grants = sight.grants(of, &page, app.now()).await?;
    Ok(paged(&request, "cursor", &grants))
}

/// Show a grant
#[utoipa::path(get, path = "/api/v1/grants/{grant}", tag = "Applications", params(("grant" = String, Path)),
    responses((status = 200, body = GrantRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    grant: Path<FamilyId>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let grant = sight.grant(*grant, app.now()).await?;
    Ok(HttpResponse::Ok().json(grant))
}

/// Begin a grant that an application refreshes; its first refresh token is shown in this answer only
#[utoipa::path(post, path = "/api/v1/applications/{application}/grants", tag = "Applications",
    request_body = NewGrant, params(("application" = ApplicationHandle, Path)),
    responses((status = 201, body = ShownGrant<'_>)))]
pub(super) async fn begin(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Body(NewGrant { name, scopes, key }): Body<NewGrant>,
) -> Result<HttpResponse, Problem> {
    let key = key.map(|key| key.parse()).transpose();
    let key = key.map_err(|error| Problem::field("/key", error))?;
    let wish = FamilyWish {
        name,
        scopes,
        binding: key.map(Binding::Key),
    };
    let begun = app
        .keys
        .begin_family(&by.caller, &application, wish)
        .await?;
    let BegunFamily { family, text } = begun;
    let text = text.expose_once();
    let view = ShownGrant {
        grant: GrantView::of(&family),
        refresh_token: &text,
    };
    let place = format!("/applications/{}", family.application());
    Ok(made_secretly(place, &view))
}

/// Revoke a grant, with every access token that came of it
#[utoipa::path(post, path = "/api/v1/grants/{grant}/revoke", tag = "Applications",
    request_body = GrantRevocation, params(("grant" = String, Path)),
    responses((status = 200, body = GrantView)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    grant: Path<FamilyId>,
    Body(GrantRevocation { reason }): Body<GrantRevocation>,
) -> Result<HttpResponse, Problem> {
    let family = app.keys.revoke_family(&by.caller, *grant, reason).await?;
    Ok(HttpResponse::Ok().json(GrantView::of(&family)))
}
