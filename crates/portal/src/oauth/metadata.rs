//! Where things are: the issuer (RFC 8414), and each version as a protected resource (RFC 9728). Both say only what
//! there is; there is no token endpoint, because tokens are issued by people.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use serde::Serialize;
use serde_json::json;

use crate::web::{app::App, catalogue::Kind, problem::Problem};

pub(super) async fn server(app: Data<App>) -> HttpResponse {
    told(&json!({
        "issuer": app.terms.issuer,
        "jwks_uri": format!("{}/oauth2/jwks", app.place.portal),
        "response_types_supported": [],
        "grant_types_supported": [],
        "token_endpoint_auth_methods_supported": [],
        "service_documentation": format!("{}/api/v1/openapi.json", app.place.portal),
    }))
}

/// A version that answers; a draft is not there for strangers.
pub(super) async fn resource(
    app: Data<App>,
    at: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (api, number) = at.into_inner();
    let snapshot = app.snapshots.newest(&app).await?;
    let mut routed = snapshot.versions.iter();
    let version = routed
        .find(|version| version.api.as_str() == api && version.number.to_string() == number)
        .ok_or_else(|| Problem::of(Kind::NOT_FOUND))?;
    let required = version
        .operations
        .iter()
        .flat_map(|operation| &operation.requires);
    let scopes: BTreeSet<&String> = required.flatten().collect();
    Ok(told(&json!({
        "resource": version.audience,
        "resource_name": format!("{api} {number}"),
        "authorization_servers": [app.terms.issuer],
        "bearer_methods_supported": ["header"],
        "scopes_supported": scopes,
    })))
}

fn told(document: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .json(document)
}
