//! Whether the server lives, and whether it can do its work. Neither says anything else.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::key::{KeyState, SigningKey};
use serde_json::json;

use crate::web::{app::App, catalogue::Kind, problem::Problem};

/// Both addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").get(lives))
        .service(web::resource("/readyz").get(is_ready));
}

async fn lives() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "alive" }))
}

/// The database answers and is migrated, a key signs, and the key-encryption key opens what is sealed. Where somebody else
/// holds the signing keys and is away, this server is ready none the less: it serves the key set, by which others verify. The
/// answer says which provider fails.
async fn is_ready(app: Data<App>) -> Result<HttpResponse, Problem> {
    let lacks = |what: &'static str| Problem::of(Kind::BUSY).because(what);
    let installation = app.reader.installation().await;
    installation.map_err(|_| lacks("The database does not answer, or is not migrated."))?;
    let keys = app.reader.signing_keys().await;
    let keys = keys.map_err(|_| lacks("The database does not answer, or is not migrated."))?;
    let signs = |key: &SigningKey| matches!(key.state(), KeyState::Active { .. });
    if !keys.iter().any(signs) {
        return Err(lacks("No signing key is active."));
    }
    let sealed = app.keys.snapshot_public_key().await;
    sealed.map_err(|_| lacks("The key-encryption key does not open what is sealed."))?;
    let holders = app.keys.holders().await;
    let holders =
        holders.map_err(|_| lacks("The database does not answer, or is not migrated."))?;
    let failing: BTreeSet<&str> = holders
        .iter()
        .filter(|holder| holder.failure.is_some())
        .filter_map(|holder| holder.holder.split(':').next())
        .collect();
    Ok(HttpResponse::Ok().json(match failing.is_empty() {
        true => json!({ "status": "ready" }),
        false => json!({ "status": "ready", "signing_fails": failing }),
    }))
}
