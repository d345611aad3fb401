//! Verifiers that are not ours: a configuration for one version's tokens.

use std::net::{Ipv4Addr, SocketAddr};

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{access::Caller, handle::ApiHandle, text::VersionNumber};
use gatewright_keys::{Recipe, VerifierPlace};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::{app::App, caller::Bearer, catalogue::Kind, problem::Problem};

/// A configuration that verifies the tokens of a version safely.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerifierConfiguration {
    /// What verifies: `nginx`, `haproxy`, `apache`, `spring`, `node` or `python`.
    pub(crate) verifier: &'static str,
    /// What it is, and how it verifies.
    pub(crate) what: &'static str,
    /// The issuer it expects.
    pub(crate) issuer: String,
    /// The audience it expects.
    pub(crate) audience: String,
    /// Where it fetches the key set.
    pub(crate) jwks_uri: String,
    /// The text.
    pub(crate) configuration: String,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::resource("/apis/{api}/versions/{version}/verifiers/{verifier}").get(configuration),
    );
}

/// The configuration for a version, as this caller may see it. It forwards to the version's own upstream.
pub(crate) async fn of(
    app: &App,
    caller: &Caller,
    (api, number): (&ApiHandle, VersionNumber),
    recipe: Recipe,
) -> Result<VerifierConfiguration, Problem> {
    let sight = app.reader.as_seen_by(caller);
    let version = sight.find_version(api, number).await?;
    let portal = &app.place.portal;
    let terms = app.keys.verifier_terms(version.place(), portal).await?;
    let place = VerifierPlace {
        upstream: version.upstream().as_str().to_owned(),
        listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8080)),
        keys_dir: "/etc/haproxy/gatewright".into(),
    };
    let filled = recipe.fill(&terms, &place);
    let configuration =
        filled.map_err(|unfit| Problem::of(Kind::VERIFIER_UNFIT).because(unfit.to_string()))?;
    Ok(VerifierConfiguration {
        verifier: recipe.as_str(),
        what: recipe.what(),
        issuer: terms.issuer,
        audience: terms.audience,
        jwks_uri: terms.jwks_uri,
        configuration,
    })
}

/// Print a configuration with which another verifier verifies the tokens of a version safely
#[utoipa::path(get, path = "/api/v1/apis/{api}/versions/{version}/verifiers/{verifier}", tag = "Versions",
    params(("api" = ApiHandle, Path), ("version" = VersionNumber, Path),
        ("verifier" = String, Path, description = "nginx, haproxy, apache, spring, node or python")),
    responses((status = 200, body = VerifierConfiguration)))]
pub(super) async fn configuration(
    app: Data<App>,
    by: Bearer,
    at: Path<(ApiHandle, VersionNumber, String)>,
) -> Result<HttpResponse, Problem> {
    let (api, number, verifier) = at.into_inner();
    let recipe = verifier.parse::<Recipe>();
    let recipe = recipe.map_err(|_| Problem::of(Kind::NOT_FOUND))?;
    let found = of(&app, &by.caller, (&api, number), recipe).await?;
    Ok(HttpResponse::Ok().json(found))
}
