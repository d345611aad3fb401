//! What the tokens of an API are signed with.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    api::AlgorithmChoice, handle::ApiHandle, revision::Revision, ring::Haste, text::Reason,
    time::Timestamp,
};
use gatewright_keys::{AlgorithmWish, ApiSigning};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::answer,
    web::{app::App, body::Body, caller::Bearer, expected::Expected, problem::Problem},
};

/// What is to sign an API's tokens.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    /// ES256, ES384, EdDSA, RS256, PS256, or installation for what the setting `token_algorithm` says.
    #[schema(value_type = String)]
    algorithm: AlgorithmChoice,
    /// Why it signs at once, before everybody can know its keys. Leave it out to keep the lead of its rings.
    force: Option<Reason>,
}

/// What signs an API's tokens, now and next.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SigningRow {
    /// The API.
    api: String,
    /// What was chosen: an algorithm, or installation.
    #[schema(value_type = String)]
    algorithm: AlgorithmChoice,
    /// What signs its tokens now.
    signs: &'static str,
    /// What signs then.
    next: &'static str,
    /// Until when what signs now does, while the next does not.
    until: Option<Timestamp>,
    /// The algorithms whose keys the key set of the API shows, the one that signs now first.
    shown: Vec<String>,
    /// How often the API was written: its `ETag`.
    revision: Revision,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/apis/{api}/algorithm").get(show))
        .service(web::resource("/apis/{api}/choose-algorithm").post(choose));
}

impl SigningRow {
    fn of(signing: ApiSigning) -> Self {
        let ApiSigning {
            api,
            signs,
            next,
            waits,
            shown,
        } = signing;
        Self {
            algorithm: AlgorithmChoice(api.token_algorithm.chosen()),
            signs: signs.name(),
            next: next.name(),
            until: waits.map(|earlier| earlier.until),
            shown: shown.split('+').map(str::to_owned).collect(),
            revision: api.revision,
            api: api.name.to_string(),
        }
    }
}

fn shown(signing: ApiSigning) -> HttpResponse {
    let row = SigningRow::of(signing);
    answer::shown(&row, row.revision)
}

/// Show what an API's tokens are signed with
#[utoipa::path(get, path = "/api/v1/apis/{api}/algorithm", tag = "APIs",
    params(("api" = ApiHandle, Path)), responses((status = 200, body = SigningRow)))]
pub(super) async fn show(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
) -> Result<HttpResponse, Problem> {
    Ok(shown(app.keys.api_signing(&by.caller, &api).await?))
}

/// Choose what an API's tokens are signed with, once everybody can know the keys
#[utoipa::path(post, path = "/api/v1/apis/{api}/choose-algorithm", tag = "APIs", request_body = Choice,
    params(("api" = ApiHandle, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = SigningRow)))]
pub(super) async fn choose(
    app: Data<App>,
    by: Bearer,
    api: Path<ApiHandle>,
    Expected(at): Expected,
    Body(Choice { algorithm, force }): Body<Choice>,
) -> Result<HttpResponse, Problem> {
    let wish = AlgorithmWish {
        chosen: algorithm.0,
        haste: force.map_or(Haste::None, Haste::Because),
        at,
    };
    Ok(shown(
        app.keys.choose_algorithm(&by.caller, &api, wish).await?,
    ))
}
