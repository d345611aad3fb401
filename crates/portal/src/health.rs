//! Whether the server lives, and whether it can do its work. Neither says anything else.

use actix_web::{
    HttpResponse,
    web::{self, Data, ServiceConfig},
};
use gatewright_domain::key::KeyState;

use crate::web::{app::App, catalogue::Kind, problem::Problem};

/// Both addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").get(lives))
        .service(web::resource("/readyz").get(is_ready));
}

async fn lives() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// The database answers and is migrated, a key signs, and the key-encryption key opens what is sealed.
async fn is_ready(app: Data<App>) -> Result<HttpResponse, Problem> {
    let busy = || Problem::of(Kind::BUSY);
    app.reader.installation().await.map_err(|_| busy())?;
    let keys = app.reader.signing_keys().await.map_err(|_| busy())?;
    if !keys
        .iter()
        .any(|key| matches!(key.state(), KeyState::Active { .. }))
    {
        return Err(busy());
    }
    app.keys.snapshot_public_key().await.map_err(|_| busy())?;
    Ok(HttpResponse::NoContent().finish())
}
