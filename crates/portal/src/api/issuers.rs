//! Outside issuers: whose tokens are accepted beside our own, and what those may do.

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    id::OutsideIssuerId,
    outside::{
        Algorithms, IssuerAudience, IssuerLifetime, IssuerName, IssuerTerms, KeySetAddress,
        MappingRule, Rules, TokenKinds,
    },
    secret::Secret,
    text::{Name, Reason},
};
use gatewright_keys::{IssuerKey, NewKeySource, Refreshed, Trial, TrustIssuer};
use gatewright_store::views::issuers::IssuerRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        answer::{BASE, secretly},
        slice::Whole,
    },
    web::{
        app::App,
        body::{Body, Nothing},
        caller::Bearer,
        problem::Problem,
    },
};

/// An issuer to trust.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewIssuer {
    /// What people call it.
    name: Name,
    /// The `iss` of its tokens, byte for byte.
    issuer: IssuerName,
    /// What their `aud` must hold, byte for byte.
    audience: IssuerAudience,
    /// Which `typ` they have: `any-jwt` (none, `JWT` or `at+jwt`; what is taken when this is left out) or `access-tokens`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    kinds: TokenKinds,
    /// The longest life they may have, 60 to 86400 seconds; an hour when this is left out.
    #[schema(value_type = Option<u32>)]
    max_lifetime_s: Option<IssuerLifetime>,
    /// Where its keys come from.
    keys: NewKeys,
    /// What its tokens may do: the first rule that matches says so.
    #[schema(value_type = Vec<MappingRule>)]
    rules: Rules,
}

/// Where an issuer's keys come from: one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum NewKeys {
    /// From the key set that its metadata names.
    Discovery {
        /// What its keys may sign with: ES256, ES384, EdDSA, RS256, PS256.
        #[schema(value_type = Vec<String>)]
        algorithms: Algorithms,
    },
    /// From the key set at an address.
    Address {
        /// The address.
        #[schema(value_type = String)]
        address: KeySetAddress,
        /// What its keys may sign with.
        #[schema(value_type = Vec<String>)]
        algorithms: Algorithms,
    },
    /// It shares this secret of at least 32 bytes with us, and signs with HS256. The secret is not shown again.
    Secret(String),
}

/// Other rules.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherRules {
    /// What the issuer's tokens may do from now on.
    #[schema(value_type = Vec<MappingRule>)]
    rules: Rules,
}

/// Why something is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    /// Why, for the trail.
    reason: Option<Reason>,
}

/// A token to try. It is not kept, and stands in no log.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TriedToken {
    /// The token.
    token: String,
}

/// An issuer with its keys.
#[derive(Serialize, ToSchema)]
pub(super) struct ShownIssuer {
    /// The issuer.
    #[serde(flatten)]
    issuer: IssuerRow,
    /// Its keys as last fetched; none for a shared secret.
    keys: Vec<IssuerKey>,
}

/// What fetching an issuer's keys came to.
#[derive(Serialize, ToSchema)]
pub(super) struct Refresh {
    /// `changed`, `unchanged`, `too-soon` (asked a moment ago, so nothing was asked now) or `failed`.
    outcome: &'static str,
    /// Why it failed, and what to do. The last good keys are kept.
    failure: Option<String>,
    /// The issuer as it is now.
    issuer: ShownIssuer,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/issuers").get(list).post(trust))
        .service(web::resource("/issuers/{issuer}").get(show))
        .service(web::resource("/issuers/{issuer}/rules").put(edit_rules))
        .service(web::resource("/issuers/{issuer}/suspend").post(suspend))
        .service(web::resource("/issuers/{issuer}/resume").post(resume))
        .service(web::resource("/issuers/{issuer}/withdraw").post(withdraw))
        .service(web::resource("/issuers/{issuer}/refresh").post(refresh))
        .service(web::resource("/issuers/{issuer}/try").post(try_token));
}

async fn one(app: &App, caller: &Caller, id: OutsideIssuerId) -> Result<ShownIssuer, Problem> {
    let issuer = app.reader.as_seen_by(caller).issuer(id).await?;
    let set = issuer.key_set.as_deref();
    let keys = set.map(|set| app.keys.issuer_keys(set)).unwrap_or_default();
    Ok(ShownIssuer { issuer, keys })
}

/// List the outside issuers
#[utoipa::path(get, path = "/api/v1/issuers", tag = "Issuers",
    responses((status = 200, body = Whole<IssuerRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = app.reader.as_seen_by(&by.caller).issuers().await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Trust an outside issuer; its keys are fetched at once, and what came of it is in the answer
#[utoipa::path(post, path = "/api/v1/issuers", tag = "Issuers", request_body = NewIssuer,
    responses((status = 201, body = ShownIssuer)))]
pub(super) async fn trust(
    app: Data<App>,
    by: Bearer,
    Body(new): Body<NewIssuer>,
) -> Result<HttpResponse, Problem> {
    let trusted = app.keys.trust_issuer(&by.caller, new.asked()?).await?;
    let id = trusted.id();
    if trusted.source().algorithms().is_some() {
        // That it cannot be fetched yet stands in the answer, and changes nothing about the trust.
        app.keys.refresh_issuer(&by.caller, id).await?;
    }
    let shown = one(&app, &by.caller, id).await?;
    let place = format!("{BASE}/issuers/{id}");
    let mut response = HttpResponse::Created();
    Ok(response
        .insert_header((header::LOCATION, place))
        .json(shown))
}

/// Show an outside issuer with its keys
#[utoipa::path(get, path = "/api/v1/issuers/{issuer}", tag = "Issuers",
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = ShownIssuer)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(one(&app, &by.caller, *id).await?))
}

/// Give an outside issuer's tokens other rules
#[utoipa::path(put, path = "/api/v1/issuers/{issuer}/rules", tag = "Issuers", request_body = OtherRules,
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = ShownIssuer)))]
pub(super) async fn edit_rules(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    Body(OtherRules { rules }): Body<OtherRules>,
) -> Result<HttpResponse, Problem> {
    app.keys.edit_issuer_rules(&by.caller, *id, rules).await?;
    Ok(HttpResponse::Ok().json(one(&app, &by.caller, *id).await?))
}

/// Accept none of an outside issuer's tokens for now
#[utoipa::path(post, path = "/api/v1/issuers/{issuer}/suspend", tag = "Issuers", request_body = Why,
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = ShownIssuer)))]
pub(super) async fn suspend(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    Body(Why { reason }): Body<Why>,
) -> Result<HttpResponse, Problem> {
    app.keys.suspend_issuer(&by.caller, *id, reason).await?;
    Ok(HttpResponse::Ok().json(one(&app, &by.caller, *id).await?))
}

/// Accept an outside issuer's tokens again
#[utoipa::path(post, path = "/api/v1/issuers/{issuer}/resume", tag = "Issuers",
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = ShownIssuer)))]
pub(super) async fn resume(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    app.keys.resume_issuer(&by.caller, *id).await?;
    Ok(HttpResponse::Ok().json(one(&app, &by.caller, *id).await?))
}

/// Accept none of an outside issuer's tokens ever again, and forget its keys
#[utoipa::path(post, path = "/api/v1/issuers/{issuer}/withdraw", tag = "Issuers", request_body = Why,
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = ShownIssuer)))]
pub(super) async fn withdraw(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    Body(Why { reason }): Body<Why>,
) -> Result<HttpResponse, Problem> {
    app.keys.withdraw_issuer(&by.caller, *id, reason).await?;
    Ok(HttpResponse::Ok().json(one(&app, &by.caller, *id).await?))
}

/// Fetch an outside issuer's keys now
#[utoipa::path(post, path = "/api/v1/issuers/{issuer}/refresh", tag = "Issuers",
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = Refresh)))]
pub(super) async fn refresh(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    _: Body<Nothing>,
) -> Result<HttpResponse, Problem> {
    let refreshed = app.keys.refresh_issuer(&by.caller, *id).await?;
    let issuer = one(&app, &by.caller, *id).await?;
    Ok(HttpResponse::Ok().json(Refresh {
        outcome: refreshed.word(),
        failure: match refreshed {
            Refreshed::Failed(why) => Some(why),
            Refreshed::Changed | Refreshed::Unchanged | Refreshed::TooSoon => None,
        },
        issuer,
    }))
}

/// Try a token with an outside issuer: what every stage makes of it, and which rule matches
#[utoipa::path(post, path = "/api/v1/issuers/{issuer}/try", tag = "Issuers", request_body = TriedToken,
    params(("issuer" = OutsideIssuerId, Path)), responses((status = 200, body = Trial)))]
pub(super) async fn try_token(
    app: Data<App>,
    by: Bearer,
    id: Path<OutsideIssuerId>,
    Body(TriedToken { token }): Body<TriedToken>,
) -> Result<HttpResponse, Problem> {
    let keys = &app.keys;
    let trial = keys
        .try_outside_token(&by.caller, *id, token.trim())
        .await?;
    Ok(secretly(&trial))
}

impl NewIssuer {
    fn asked(self) -> Result<TrustIssuer, Problem> {
        let hour = IssuerLifetime::try_from(3600);
        let max_lifetime = self.max_lifetime_s.map_or(hour, Ok);
        let max_lifetime = max_lifetime.map_err(|_| Problem::unexpected())?;
        let source = match self.keys {
            NewKeys::Discovery { algorithms } => NewKeySource::Discovery(algorithms),
            NewKeys::Address {
                address,
                algorithms,
            } => NewKeySource::Address(address, algorithms),
            NewKeys::Secret(secret) => NewKeySource::Secret(Secret::new(secret)),
        };
        Ok(TrustIssuer {
            terms: IssuerTerms {
                name: self.name,
                issuer: self.issuer,
                audience: self.audience,
                kinds: self.kinds,
                max_lifetime,
                rules: self.rules,
            },
            source,
        })
    }
}
