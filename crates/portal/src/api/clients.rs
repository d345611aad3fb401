//! Applications as clients of the token endpoint: what they may ask for, and their secrets.

use std::{collections::BTreeSet, time::Duration};

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    client::{CertificateName, ClientTerms, Ending, NameKind, Pace, SecretId, Senders},
    consumer::ClientId,
    handle::ApplicationHandle,
    operation::Scope,
    outside::KeySetAddress,
    plan::Lifetime,
    text::{ApiName, Reason, VersionNumber},
    time::Timestamp,
};
use gatewright_keys::{IssuedSecret, SecretWish};
use gatewright_store::views::clients::ClientPage;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::answer::{made_secretly, shown},
    web::{app::App, body::Body, caller::Bearer, expected::MustExpect, problem::Problem},
};

/// What may change about a client; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientEdit {
    /// The grants it may use: `client_credentials`, `authorization_code`, `refresh_token`, `urn:ietf:params:oauth:grant-type:token-exchange`.
    grants: Option<BTreeSet<String>>,
    /// How it may prove who it is: `client_secret_basic`, `client_secret_post`, `private_key_jwt`, `tls_client_auth`,
    /// `self_signed_tls_client_auth`; `none` for a program that keeps no secret, and has only what people allow it.
    auth_methods: Option<BTreeSet<String>>,
    /// The scopes it may ask for; `null` for those of its subscriptions.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<BTreeSet<Scope>>)]
    scopes: Option<Option<BTreeSet<Scope>>>,
    /// The public keys that its assertions are verified with, as a JSON Web Key Set; `null` for none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Object>)]
    key_set: Option<Option<Value>>,
    /// Where it publishes those keys; `null` for nowhere. Whichever of the two is said takes the place of the other.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    key_set_uri: Option<Option<KeySetAddress>>,
    /// Where browsers may carry answers to it: https, http to 127.0.0.1 or [::1] at any port, or a scheme with a dot.
    redirect_uris: Option<BTreeSet<String>>,
    /// The versions whose tokens it may ask about, as `api/version`.
    serves: Option<BTreeSet<String>>,
    /// Whether it must show a key when it asks, to which its tokens are bound (DPoP).
    require_dpop: Option<bool>,
    /// Whether it must show a certificate when it asks, to which its tokens are bound (RFC 8705). Not together with DPoP.
    tls_client_certificate_bound_access_tokens: Option<bool>,
    /// For `tls_client_auth`: the subject of its certificate, as RFC 4514 writes it. Exactly one of the five names is said, and
    /// takes the place of the one before; `null` for none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    tls_client_auth_subject_dn: Option<Option<String>>,
    /// The same, as the name of a host.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    tls_client_auth_san_dns: Option<Option<String>>,
    /// The same, as the address of a resource.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    tls_client_auth_san_uri: Option<Option<String>>,
    /// The same, as an IP address.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    tls_client_auth_san_ip: Option<Option<String>>,
    /// The same, as a mailbox.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    tls_client_auth_san_email: Option<Option<String>>,
    /// How long its tokens live at most, in seconds: from 60 to 31536000.
    token_lifetime_s: Option<u64>,
    /// How many tokens it may have in a minute: from 1 to 1000000.
    tokens_per_minute: Option<u64>,
}

/// Tells `null` from what is left out.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A client secret to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSecret {
    /// After how many seconds it ends by itself; never when nothing is said.
    expires_in_s: Option<u64>,
    /// How many seconds the secret there is goes on working beside it; as long as before when nothing is said.
    overlap_s: Option<u64>,
}

/// A fresh client secret. Its text is not shown again.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownSecret<'a> {
    /// Its id, which stands in its text.
    id: String,
    /// The client it is of.
    client_id: ClientId,
    /// What the client proves itself with.
    client_secret: &'a str,
    /// When it ends by itself.
    expires_at: Option<Timestamp>,
}

/// Why a secret is revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretRevocation {
    /// Why, for the trail.
    reason: Option<Reason>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    const AT: &str = "/applications/{application}";
    config
        .service(web::resource(format!("{AT}/client")).get(show).patch(edit))
        .service(web::resource(format!("{AT}/secrets")).post(issue))
        .service(web::resource(format!("{AT}/secrets/{{secret}}/revoke")).post(revoke));
}

async fn current(
    app: &App,
    by: &Bearer,
    application: &ApplicationHandle,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let page = sight.client(application, app.now()).await?;
    Ok(shown(&page, page.revision))
}

/// Show an application as a client, with its secrets
#[utoipa::path(get, path = "/api/v1/applications/{application}/client", tag = "Applications",
    params(("application" = ApplicationHandle, Path)), responses((status = 200, body = ClientPage)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
) -> Result<HttpResponse, Problem> {
    current(&app, &by, &application).await
}

/// Change what an application may ask the token endpoint for
#[utoipa::path(patch, path = "/api/v1/applications/{application}/client", tag = "Applications",
    request_body = ClientEdit,
    params(("application" = ApplicationHandle, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ClientPage)))]
pub(super) async fn edit(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    MustExpect(expected): MustExpect,
    Body(edit): Body<ClientEdit>,
) -> Result<HttpResponse, Problem> {
    let sight = app.reader.as_seen_by(&by.caller);
    let found = sight.find_application(&application).await?;
    let terms = edited(sight.registration(&found).await?.terms, edit)?;
    app.keys
        .edit_client(&by.caller, &application, terms, Some(expected))
        .await?;
    current(&app, &by, &application).await
}

fn edited(old: ClientTerms, edit: ClientEdit) -> Result<ClientTerms, Problem> {
    let ClientEdit {
        grants,
        auth_methods,
        scopes,
        key_set,
        key_set_uri,
        redirect_uris,
        serves,
        require_dpop,
        tls_client_certificate_bound_access_tokens,
        tls_client_auth_subject_dn,
        tls_client_auth_san_dns,
        tls_client_auth_san_uri,
        tls_client_auth_san_ip,
        tls_client_auth_san_email,
        token_lifetime_s,
        tokens_per_minute,
    } = edit;
    let names = [
        (NameKind::SubjectDn, tls_client_auth_subject_dn),
        (NameKind::SanDns, tls_client_auth_san_dns),
        (NameKind::SanUri, tls_client_auth_san_uri),
        (NameKind::SanIp, tls_client_auth_san_ip),
        (NameKind::SanEmail, tls_client_auth_san_email),
    ];
    let bound = tls_client_certificate_bound_access_tokens;
    let lifetime = token_lifetime_s.map(Lifetime::try_from).transpose();
    let lifetime = lifetime.map_err(|error| Problem::field("/token_lifetime_s", error))?;
    let key_address = match (&key_set, &key_set_uri) {
        (Some(Some(_)), None) => None,
        (_, Some(address)) => address.clone(),
        (_, None) => old.key_address,
    };
    let pace = tokens_per_minute.map(Pace::try_from).transpose();
    let pace = pace.map_err(|error| Problem::field("/tokens_per_minute", error))?;
    Ok(ClientTerms {
        grants: grants.map_or(Ok(old.grants), |words| read("/grants", &words))?,
        methods: auth_methods.map_or(Ok(old.methods), |words| read("/auth_methods", &words))?,
        scopes: scopes.unwrap_or(old.scopes),
        lifetime: lifetime.unwrap_or(old.lifetime),
        pace: pace.unwrap_or(old.pace),
        key_set: match (&key_set_uri, key_set) {
            (Some(Some(_)), None) => None,
            (_, Some(set)) => set.map(|set| set.to_string()),
            (_, None) => old.key_set,
        },
        key_address,
        redirects: redirect_uris.map_or(Ok(old.redirects), |uris| read("/redirect_uris", &uris))?,
        serves: serves.map_or(Ok(old.serves), |places| served(&places))?,
        certificate_name: certificate_name(old.certificate_name, names)?,
        senders: senders(old.senders, require_dpop, bound)?,
    })
}

/// Who may send its tokens: what is said of one way leaves the other as it is, unless it takes its place.
fn senders(
    old: Senders,
    require_dpop: Option<bool>,
    certificate_bound: Option<bool>,
) -> Result<Senders, Problem> {
    match (require_dpop, certificate_bound, old) {
        (Some(true), Some(true), _) => Err(Problem::field(
            "/require_dpop",
            "tokens are bound to a key or to a certificate, not to both",
        )),
        (Some(true), _, _) => Ok(Senders::Holders),
        (_, Some(true), _) => Ok(Senders::Certified),
        (Some(false), _, Senders::Holders) | (_, Some(false), Senders::Certified) => {
            Ok(Senders::Anybody)
        }
        (_, _, old) => Ok(old),
    }
}

/// The one name by which its certificate is known.
fn certificate_name(
    old: Option<CertificateName>,
    names: [(NameKind, Option<Option<String>>); 5],
) -> Result<Option<CertificateName>, Problem> {
    let mut name = old;
    let mut said = None;
    for (kind, value) in names {
        let pointer = format!("/tls_client_auth_{kind}");
        match value {
            None => {}
            Some(None) => name = name.filter(|name| name.kind() != kind),
            Some(Some(_)) if said.is_some() => {
                return Err(Problem::field(&pointer, "exactly one name is said"));
            }
            Some(Some(value)) => {
                let read = CertificateName::new(kind, &value);
                said = Some(read.map_err(|error| Problem::field(&pointer, error))?);
            }
        }
    }
    Ok(said.or(name))
}

fn served(places: &BTreeSet<String>) -> Result<BTreeSet<(ApiName, VersionNumber)>, Problem> {
    let place = |text: &String| {
        let (api, version) = text.split_once('/')?;
        Some((api.parse().ok()?, version.parse().ok()?))
    };
    let places: Option<BTreeSet<_>> = places.iter().map(place).collect();
    places.ok_or_else(|| Problem::field("/serves", "a version is written as orders/v1"))
}

pub(super) fn read<T>(pointer: &str, words: &BTreeSet<String>) -> Result<BTreeSet<T>, Problem>
where
    T: std::str::FromStr + Ord,
    T::Err: std::fmt::Display,
{
    let word = |word: &String| word.parse().map_err(|error| Problem::field(pointer, error));
    words.iter().map(word).collect()
}

/// Issue a client secret; its text is shown in this answer only
#[utoipa::path(post, path = "/api/v1/applications/{application}/secrets", tag = "Applications",
    request_body = NewSecret, params(("application" = ApplicationHandle, Path)),
    responses((status = 201, body = ShownSecret<'_>)))]
pub(super) async fn issue(
    app: Data<App>,
    by: Bearer,
    application: Path<ApplicationHandle>,
    Body(NewSecret {
        expires_in_s,
        overlap_s,
    }): Body<NewSecret>,
) -> Result<HttpResponse, Problem> {
    let ending = expires_in_s.map(Duration::from_secs);
    let wish = SecretWish {
        ending: ending.map_or(Ending::Never, Ending::After),
        overlap: overlap_s.map(Duration::from_secs),
    };
    let issued = app
        .keys
        .issue_client_secret(&by.caller, &application, wish)
        .await?;
    let IssuedSecret { secret, text } = issued;
    let text = text.expose_once();
    let view = ShownSecret {
        id: secret.id().to_string(),
        client_id: ClientId::of(secret.application()),
        client_secret: &text,
        expires_at: secret.expires(),
    };
    let place = format!("/applications/{}/client", secret.application());
    Ok(made_secretly(place, &view))
}

/// Revoke a client secret, at once
#[utoipa::path(post, path = "/api/v1/applications/{application}/secrets/{secret}/revoke", tag = "Applications",
    request_body = SecretRevocation,
    params(("application" = ApplicationHandle, Path), ("secret" = String, Path)),
    responses((status = 200, body = ClientPage)))]
pub(super) async fn revoke(
    app: Data<App>,
    by: Bearer,
    at: Path<(ApplicationHandle, SecretId)>,
    Body(SecretRevocation { reason }): Body<SecretRevocation>,
) -> Result<HttpResponse, Problem> {
    let (application, secret) = at.into_inner();
    app.keys
        .revoke_client_secret(&by.caller, &application, &secret, reason)
        .await?;
    current(&app, &by, &application).await
}
