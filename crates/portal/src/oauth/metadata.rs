//! Where things are: the issuer (RFC 8414), and each version as a protected resource (RFC 9728). Both say only what
//! there is.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use gatewright_domain::{
    client::{AuthMethod, Grant, Vouched},
    snapshot::RoutedVersion,
};
use serde::Serialize;
use serde_json::json;

use crate::web::{
    app::{App, Proxies},
    catalogue::Kind,
    problem::Problem,
};

/// What client assertions may be signed with.
const SIGNED_BY: [&str; 5] = ["ES256", "ES384", "EdDSA", "RS256", "PS256"];

/// That tokens may be bound to the certificate of a client (RFC 8705 section 3.3, RFC 9728 section 2).
pub(super) const CERTIFICATE_BOUND: &str = "tls_client_certificate_bound_access_tokens";

/// The document of the issuer. Where an issuer has a path, it stands behind the well-known part (RFC 8414 section 3.1);
/// of any other issuer nothing is known here.
pub(super) async fn server(app: Data<App>, path: Path<String>) -> Result<HttpResponse, Problem> {
    if *path != path_of(&app.terms.issuer) {
        return Err(Problem::of(Kind::NOT_FOUND));
    }
    let snapshot = app.snapshots.newest(&app).await?;
    let scopes: BTreeSet<&String> = snapshot.versions.iter().flat_map(scopes).collect();
    let portal = &app.place.portal;
    let methods: Vec<&str> = methods(&app.proxies).map(AuthMethod::as_str).collect();
    // Who proves nothing is told nothing of tokens.
    let proving: Vec<&str> = methods
        .iter()
        .copied()
        .filter(|one| *one != "none")
        .collect();
    let grants: Vec<&str> = Grant::ALL.iter().map(|one| one.as_str()).collect();
    let mut document = json!({
        "issuer": app.terms.issuer,
        "authorization_endpoint": format!("{portal}/oauth2/authorize"),
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint": format!("{portal}/oauth2/token"),
        "introspection_endpoint": format!("{portal}/oauth2/introspect"),
        "revocation_endpoint": format!("{portal}/oauth2/revoke"),
        "jwks_uri": format!("{portal}/oauth2/jwks"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": SIGNED_BY,
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": SIGNED_BY,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": SIGNED_BY,
        "dpop_signing_alg_values_supported": gatewright_keys::sender_algorithms(),
        "status_list_aggregation_endpoint": format!("{portal}/oauth2/status-lists"),
        "service_documentation": format!("{portal}/api/v1/openapi.json"),
    });
    if let Some(document) = document.as_object_mut()
        && app.proxies.are_there()
    {
        document.insert(CERTIFICATE_BOUND.to_owned(), json!(true));
    }
    let algorithm = app.keys.config().token_algorithm.name();
    if let Some(document) = document.as_object_mut()
        && let Some(endpoint) = app.registration_endpoint()
    {
        document.insert("registration_endpoint".to_owned(), json!(endpoint));
    }
    // Where it cannot be found out now, it is as it nearly always is.
    if let Some(document) = document.as_object_mut()
        && app.keys.signs_answers().await.unwrap_or(true)
    {
        let member = "introspection_signing_alg_values_supported";
        document.insert(member.to_owned(), json!([algorithm]));
    }
    Ok(told(&document))
}

/// How clients may prove who they are here: by certificates only where a proxy tells of them.
fn methods(proxies: &Proxies) -> impl Iterator<Item = AuthMethod> {
    AuthMethod::ALL
        .iter()
        .copied()
        .filter(|method| match method {
            AuthMethod::SecretBasic
            | AuthMethod::SecretPost
            | AuthMethod::PrivateKeyJwt
            | AuthMethod::Public => true,
            AuthMethod::TlsClientAuth => {
                proxies.are_there() && proxies.vouched == Vouched::Verified
            }
            AuthMethod::SelfSigned => proxies.are_there(),
        })
}

/// What follows the host of an address; nothing for most issuers.
fn path_of(issuer: &str) -> &str {
    let place = issuer.split_once("://").map_or(issuer, |(_, place)| place);
    let at = place.find('/').unwrap_or(place.len());
    place.get(at..).unwrap_or_default()
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
    let scopes: BTreeSet<&String> = scopes(version).collect();
    let portal = &app.place.portal;
    let mut document = json!({
        "resource": version.audience,
        "resource_name": format!("{api} {number}"),
        "authorization_servers": [app.terms.issuer],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": gatewright_keys::sender_algorithms(),
        "resource_documentation": format!("{portal}/apis/{api}/versions/{number}"),
        "scopes_supported": scopes,
    });
    if let Some(document) = document.as_object_mut()
        && app.proxies.are_there()
    {
        document.insert(CERTIFICATE_BOUND.to_owned(), json!(true));
    }
    Ok(told(&document))
}

/// The scopes that a version asks for.
fn scopes(version: &RoutedVersion) -> impl Iterator<Item = &String> {
    let operations = version.operations.iter();
    operations.flat_map(|operation| operation.requires.iter().flatten())
}

fn told(document: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .json(document)
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_of_an_issuer_stands_behind_its_host() {
        assert_eq!(path_of("https://id.example"), "");
        assert_eq!(path_of("https://id.example/live"), "/live");
        assert_eq!(path_of("https://id.example:8443/a/b"), "/a/b");
    }
}
