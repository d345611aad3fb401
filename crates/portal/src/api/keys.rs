//! Signing keys: listed, rotated, declared compromised.

use actix_web::{
    HttpResponse,
    web::{self, Data, Path, ServiceConfig},
};
use gatewright_domain::{
    access::Caller,
    key::{Kid, SigningKey},
    ring::Haste,
    text::Reason,
};
use gatewright_keys::{Compromised, RingSeen, Rotated};
use gatewright_store::views::keys::KeyRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{
        key_moves::{keyring_version, seen},
        receipts::{self, Receipts},
        slice::Whole,
    },
    web::{app::App, body::Body, caller::Bearer, expected::Expected, problem::Problem},
};

/// How to rotate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    /// Why the publication lead is cut short. Leave it out to keep the lead.
    force: Option<Reason>,
}

/// Why a key is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Compromise {
    /// Why, for the trail.
    reason: Reason,
}

/// What a rotation did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RotatedKeys {
    /// The key that signs now.
    active: Kid,
    /// The one that signed until now.
    deactivated: Option<Kid>,
    /// The new standby.
    standby: Kid,
    /// All keys as they are now.
    keys: Vec<KeyRow>,
    /// How often anything about any ring was written.
    keyring_version: u64,
    #[serde(flatten)]
    receipts: Receipts,
}

/// What declaring a key compromised did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CompromisedKey {
    /// The key.
    compromised: Kid,
    /// The keys that came in its place.
    replaced_by: Vec<Kid>,
    /// All keys as they are now.
    keys: Vec<KeyRow>,
    /// How often anything about any ring was written.
    keyring_version: u64,
    #[serde(flatten)]
    receipts: Receipts,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/keys").get(list))
        .service(web::resource("/keys/rotate").post(rotate))
        .service(web::resource("/keys/{kid}/compromise").post(compromise));
}

async fn all(app: &App, caller: &Caller) -> Result<Vec<KeyRow>, Problem> {
    Ok(app.reader.as_seen_by(caller).keys(app.now()).await?)
}

/// List the signing keys
#[utoipa::path(get, path = "/api/v1/keys", tag = "Keys", responses((status = 200, body = Whole<KeyRow>)))]
pub(super) async fn list(app: Data<App>, by: Bearer) -> Result<HttpResponse, Problem> {
    let items = all(&app, &by.caller).await?;
    Ok(HttpResponse::Ok().json(Whole { items }))
}

/// Rotate the ring that signs access tokens unless another was chosen; each other ring has a rotate of its own
#[utoipa::path(post, path = "/api/v1/keys/rotate", tag = "Keys", request_body = Rotation,
    params(("If-Match" = Option<String>, Header)), responses((status = 200, body = RotatedKeys)))]
pub(super) async fn rotate(
    app: Data<App>,
    by: Bearer,
    Expected(at): Expected,
    Body(Rotation { force }): Body<Rotation>,
) -> Result<HttpResponse, Problem> {
    let haste = force.map_or(Haste::None, Haste::Because);
    let [name, ..] = app.keys.own_rings();
    let ring = RingSeen { name, at };
    let Rotated {
        active,
        deactivated,
        standby,
        revision,
    } = app.keys.rotate_ring(&by.caller, ring, haste).await?;
    let receipts = receipts::of(&app, revision).await?;
    let keys = all(&app, &by.caller).await?;
    Ok(HttpResponse::Ok().json(RotatedKeys {
        active: kid(&active),
        deactivated: deactivated.as_ref().map(kid),
        standby: kid(&standby),
        keys,
        keyring_version: keyring_version(&app).await?,
        receipts,
    }))
}

fn kid(key: &SigningKey) -> Kid {
    key.kid().clone()
}

/// Declare a key compromised: nothing it signed is accepted any more
#[utoipa::path(post, path = "/api/v1/keys/{kid}/compromise", tag = "Keys", request_body = Compromise,
    params(("kid" = Kid, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = CompromisedKey)))]
pub(super) async fn compromise(
    app: Data<App>,
    by: Bearer,
    name: Path<Kid>,
    expected: Expected,
    Body(Compromise { reason }): Body<Compromise>,
) -> Result<HttpResponse, Problem> {
    let Compromised {
        key,
        replaced_by,
        revision,
    } = app
        .keys
        .compromise_seen(&by.caller, seen(name, expected), reason)
        .await?;
    let receipts = receipts::of(&app, revision).await?;
    let keys = all(&app, &by.caller).await?;
    let (compromised, replaced_by) = (kid(&key), replaced_by.iter().map(kid).collect());
    Ok(HttpResponse::Ok().json(CompromisedKey {
        compromised,
        replaced_by,
        keys,
        keyring_version: keyring_version(&app).await?,
        receipts,
    }))
}
